using System.Security.Cryptography;
using System.Text;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>
/// Links by which somebody chooses a new password for an account. A link is bound to the account's security stamp, which a new password
/// changes: it works once, and so does each other that was made before.
/// </summary>
internal sealed class PasswordResets(IDataProtectionProvider protection)
{
    /// <summary>How long a link is good for.</summary>
    public static readonly TimeSpan Lifetime = TimeSpan.FromHours(1);

    private readonly LinkTokens _tokens = new(protection, "ATStatus.PasswordReset.v1");

    /// <summary>A fresh token for an account.</summary>
    /// <param name="user">The account.</param>
    /// <param name="lifetime">How long it is good for; <see cref="Lifetime"/> when not said.</param>
    public string Create(User user, TimeSpan? lifetime = null) => _tokens.Create($"{user.Id:N} {StampOf(user)}", lifetime ?? Lifetime);

    /// <summary>The account that a token is for; null where it is none of ours, too old or used.</summary>
    public async Task<User?> FindAsync(string? token, UserManager<User> users) =>
        _tokens.Read(token)?.Split(' ') is [var id, var stamp] && await users.FindByIdAsync(id) is { } user && stamp == StampOf(user) ? user : null;

    // The stamp itself is what tokens of other kinds are made of.
    private static string StampOf(User user) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(user.SecurityStamp ?? "")));
}
