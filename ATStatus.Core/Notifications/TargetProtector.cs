using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;

namespace ATStatus.Core.Notifications;

/// <summary>
/// Encrypts URLs and secrets at rest with Data Protection, whose keys live in the same database as the rows, so that
/// one backup holds both and every instance can read them.
/// </summary>
public sealed class TargetProtector(IDataProtectionProvider provider)
{
    private readonly IDataProtector _urls = provider.CreateProtector("ATStatus.Notification.Url.v1");
    private readonly IDataProtector _secrets = provider.CreateProtector("ATStatus.Notification.Secret.v1");

    /// <summary>The URL, encrypted.</summary>
    public string ProtectUrl(Uri url) => _urls.Protect(url.AbsoluteUri);

    /// <summary>The secret, encrypted; null stays null.</summary>
    public string? ProtectSecret(string? secret) => secret is null ? null : _secrets.Protect(secret);

    /// <summary>The URL again.</summary>
    /// <exception cref="CryptographicException">The keys that encrypted it are gone.</exception>
    public Uri Url(string protectedUrl) => new(_urls.Unprotect(protectedUrl));

    /// <summary>The secret again; null stays null.</summary>
    /// <exception cref="CryptographicException">The keys that encrypted it are gone.</exception>
    public string? Secret(string? protectedSecret) => protectedSecret is null ? null : _secrets.Unprotect(protectedSecret);
}
