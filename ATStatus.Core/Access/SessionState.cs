using ATStatus.Core.Model;

namespace ATStatus.Core.Access;

/// <summary>A session that has not ended, with what its account may do now.</summary>
/// <param name="LastSeenAt">When it was used last (UTC), to a minute.</param>
/// <param name="EndsAt">When it ends at the latest (UTC).</param>
/// <param name="Role">A name of <see cref="Roles"/>; null for an account without one, which reads.</param>
public sealed record SessionState(
    Guid Id, Guid UserId, string Email, string? Role, bool MaySeePayloads, bool MayRedeliver, DateTime BegunAt, DateTime LastSeenAt, DateTime EndsAt)
{
    public bool IsStrong { get; init; }

    /// <summary>An Admin demands a second factor (<see cref="AccessRules"/>), and this session has shown none: only the own account is open to it.</summary>
    public bool MustAddSecondFactor { get; init; }

    public IEnumerable<Right> Rights => MustAddSecondFactor ? [] : Roles.RightsOf(Role, MaySeePayloads, MayRedeliver);
}
