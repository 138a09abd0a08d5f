using System.Security.Cryptography;
using System.Text;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Identity.EntityFrameworkCore;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>
/// Identity's store, to which a database that cannot be written is a refusal in words: signing in must not fail with an error page. The secret of an
/// authenticator is stored encrypted, and of recovery codes only a slow hash is, so that who reads the database cannot make a second factor of it.
/// </summary>
internal sealed class ConsoleUserStore(AtStatusDbContext context, IDataProtectionProvider protection, IdentityErrorDescriber describer)
    : UserStore<User, Role, AtStatusDbContext, Guid>(context, describer)
{
    // Recovery codes have about 47 random bits.
    private const int HashIterations = 20_000;

    private readonly IDataProtector _protector = protection.CreateProtector("ATStatus.AuthenticatorKey.v1");
    private bool _redeems;

    /// <inheritdoc/>
    public override async Task<IdentityResult> UpdateAsync(User user, CancellationToken cancellationToken = default)
    {
        try
        {
            return await base.UpdateAsync(user, cancellationToken);
        }
        catch (DatabaseNotWritableException e)
        {
            return IdentityResult.Failed(new IdentityError { Code = nameof(DatabaseNotWritableException), Description = e.Message });
        }
    }

    /// <inheritdoc/>
    public override Task SetAuthenticatorKeyAsync(User user, string key, CancellationToken cancellationToken) =>
        base.SetAuthenticatorKeyAsync(user, _protector.Protect(key), cancellationToken);

    /// <inheritdoc/>
    public override async Task<string?> GetAuthenticatorKeyAsync(User user, CancellationToken cancellationToken)
    {
        if (await base.GetAuthenticatorKeyAsync(user, cancellationToken) is not { Length: > 0 } stored)
            return null;
        try
        {
            return _protector.Unprotect(stored);
        }
        catch (CryptographicException)
        {
            // The keys were lost: no code is right, and a recovery code or an Admin helps.
            return null;
        }
    }

    /// <inheritdoc/>
    public override Task ReplaceCodesAsync(User user, IEnumerable<string> recoveryCodes, CancellationToken cancellationToken) =>
        base.ReplaceCodesAsync(user, _redeems ? recoveryCodes : recoveryCodes.Select(code => HashOf(user, code)), cancellationToken);

    /// <inheritdoc/>
    public override async Task<bool> RedeemCodeAsync(User user, string code, CancellationToken cancellationToken)
    {
        // What is left is stored anew through ReplaceCodesAsync, and those are hashes already.
        _redeems = true;
        try
        {
            return await base.RedeemCodeAsync(user, HashOf(user, code), cancellationToken);
        }
        finally
        {
            _redeems = false;
        }
    }

    private static string HashOf(User user, string code) => Convert.ToHexString(Rfc2898DeriveBytes.Pbkdf2(
        Encoding.UTF8.GetBytes(code.Replace("-", "", StringComparison.Ordinal).ToUpperInvariant()), user.Id.ToByteArray(), HashIterations, HashAlgorithmName.SHA256, 16));
}
