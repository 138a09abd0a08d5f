namespace ATStatus.Core.Access;

/// <summary>What an Admin decides about an account.</summary>
/// <param name="Role">A name of <see cref="Model.Roles"/>.</param>
public sealed record AccountInput(string Role, bool MaySeePayloads = false, bool MayRedeliver = false);

/// <summary>Somebody who gets an account.</summary>
public sealed record InvitationInput(string Email, AccountInput Account);

/// <summary>An account as its administrators see it.</summary>
/// <param name="Role">A name of <see cref="Model.Roles"/>; null where it has none.</param>
/// <param name="LastSeenAt">When it was used last (UTC); null where it has no session.</param>
public sealed record Account(
    Guid Id, string Email, string? Role, bool MaySeePayloads, bool MayRedeliver, bool IsOn, bool HasSecondFactor, int Sessions, DateTime? LastSeenAt);
