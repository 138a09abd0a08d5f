using System.Collections.Concurrent;
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

    /// <summary>How many are kept open. Each delivery needs the same two again, and decrypting them costs as much as signing.</summary>
    private const int MostOpened = 1_000;

    private readonly ConcurrentDictionary<string, string> _opened = new(StringComparer.Ordinal);

    /// <summary>The URL, encrypted.</summary>
    public string ProtectUrl(Uri url) => _urls.Protect(url.AbsoluteUri);

    /// <summary>The secret, encrypted; null stays null.</summary>
    public string? ProtectSecret(string? secret) => secret is null ? null : _secrets.Protect(secret);

    /// <summary>The URL again.</summary>
    /// <exception cref="CryptographicException">The keys that encrypted it are gone.</exception>
    public Uri Url(string protectedUrl) => new(Remembered(_urls, protectedUrl));

    /// <summary>The secret again; null stays null.</summary>
    /// <exception cref="CryptographicException">The keys that encrypted it are gone.</exception>
    public string? Secret(string? protectedSecret) => protectedSecret is null ? null : Remembered(_secrets, protectedSecret);

    private string Remembered(IDataProtector protector, string encrypted)
    {
        if (_opened.TryGetValue(encrypted, out var text))
            return text;
        text = protector.Unprotect(encrypted);
        // What was replaced must not be kept for ever; beginning anew is cheaper than counting.
        if (_opened.Count >= MostOpened)
            _opened.Clear();
        _opened[encrypted] = text;
        return text;
    }
}
