using Microsoft.AspNetCore.DataProtection;

namespace ATStatus.Admin.Features.Access;

/// <summary>
/// The token of the set-up link. It is worth nothing once there is an account: that makes it a token for one use.
/// </summary>
internal sealed class SetupTokens(IDataProtectionProvider protection)
{
    /// <summary>How long a link is good for.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(24);

    private const string Content = "first account";
    private const string OnThisMachine = "first account, on this machine";
    private static readonly TimeSpan MachineLifetime = TimeSpan.FromHours(1);
    private readonly LinkTokens _tokens = new(protection, "ATStatus.Setup.v1");

    /// <summary>A fresh token.</summary>
    /// <param name="lifetime">How long it is good for; <see cref="Lifetime"/> when not said.</param>
    public string Create(TimeSpan? lifetime = null) => _tokens.Create(Content, lifetime ?? Lifetime);

    /// <summary>A fresh token that is good for an hour, and in a browser on this machine only.</summary>
    public string CreateForThisMachine() => _tokens.Create(OnThisMachine, MachineLifetime);

    /// <summary>Whether the token is one of ours and not too old.</summary>
    /// <param name="token">What the link says.</param>
    /// <param name="fromThisMachine">Whether it came from a browser on this machine.</param>
    public bool IsValid(string? token, bool fromThisMachine) => _tokens.Read(token) is { } content && (content == Content || (content == OnThisMachine && fromThisMachine));
}
