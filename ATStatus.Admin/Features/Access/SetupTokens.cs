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
    private readonly LinkTokens _tokens = new(protection, "ATStatus.Setup.v1");

    /// <summary>A fresh token.</summary>
    /// <param name="lifetime">How long it is good for; <see cref="Lifetime"/> when not said.</param>
    public string Create(TimeSpan? lifetime = null) => _tokens.Create(Content, lifetime ?? Lifetime);

    /// <summary>Whether the token is one of ours and not too old.</summary>
    public bool IsValid(string? token) => _tokens.Read(token) == Content;
}
