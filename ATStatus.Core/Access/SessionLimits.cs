namespace ATStatus.Core.Access;

/// <summary>How long a session lasts (<c>Access:SessionIdle</c>, <c>Access:SessionLifetime</c>).</summary>
public sealed record SessionLimits
{
    /// <summary>How long it may be unused.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromHours(8);

    /// <summary>How long it lasts at most.</summary>
    public TimeSpan Lifetime { get; init; } = TimeSpan.FromDays(7);
}
