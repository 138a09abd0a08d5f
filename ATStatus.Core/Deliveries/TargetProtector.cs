using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text.Json;
using ATStatus.Core.Deliveries.Store;
using Microsoft.AspNetCore.DataProtection;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Encrypts URLs and secrets at rest with Data Protection, whose keys live in the same database as the rows, so that
/// one backup holds both and every instance can read them.
/// </summary>
public sealed class TargetProtector(IDataProtectionProvider provider)
{
    private readonly IDataProtector _urls = provider.CreateProtector("ATStatus.Notification.Url.v1");
    private readonly IDataProtector _secrets = provider.CreateProtector("ATStatus.Notification.Secret.v1");

    private readonly IDataProtector _headers = provider.CreateProtector("ATStatus.Notification.Headers.v1");

    /// <summary>
    /// How many are kept open: URL, headers and up to two secrets of as many notifications as are known. Each delivery needs the same again, and
    /// decrypting them costs as much as signing.
    /// </summary>
    private const int MostOpened = 4 * KnownNotifications.Most;

    private readonly ConcurrentDictionary<string, string> _opened = new(StringComparer.Ordinal);

    public string ProtectUrl(Uri url) => _urls.Protect(url.AbsoluteUri);

    /// <summary>The secret, encrypted; null stays null.</summary>
    public string? ProtectSecret(string? secret) => secret is null ? null : _secrets.Protect(secret);

    /// <summary>The URL again.</summary>
    /// <exception cref="CryptographicException">The keys that encrypted it are gone, or it is no URL: somebody else wrote it.</exception>
    public Uri Url(string protectedUrl) => Uri.TryCreate(Remembered(_urls, protectedUrl), UriKind.Absolute, out var url)
        ? url
        : throw new CryptographicException("What is stored as a URL is none.");

    /// <summary>The URL again, or null where there is none or the keys that encrypted it are gone.</summary>
    public Uri? UrlIfReadable(string? protectedUrl) => protectedUrl is null ? null : IfReadable(() => Url(protectedUrl));

    /// <summary>The secret again; null stays null.</summary>
    /// <exception cref="CryptographicException">The keys that encrypted it are gone.</exception>
    public string? Secret(string? protectedSecret) => protectedSecret is null ? null : Remembered(_secrets, protectedSecret);

    /// <summary>The secret again, or null where there is none or the keys that encrypted it are gone.</summary>
    public string? SecretIfReadable(string? protectedSecret) => IfReadable(() => Secret(protectedSecret));

    /// <summary>Added headers, encrypted as one JSON array of pairs (their order is kept); none is null.</summary>
    public string? ProtectHeaders(IReadOnlyList<KeyValuePair<string, string>> headers) =>
        headers.Count == 0 ? null : _headers.Protect(JsonSerializer.Serialize(headers.Select(h => new[] { h.Key, h.Value })));

    /// <summary>The added headers again.</summary>
    /// <exception cref="CryptographicException">The keys that encrypted them are gone.</exception>
    public IReadOnlyList<KeyValuePair<string, string>> Headers(string? protectedHeaders) => protectedHeaders is null
        ? []
        : [.. JsonSerializer.Deserialize<string[][]>(Remembered(_headers, protectedHeaders))!.Select(pair => KeyValuePair.Create(pair[0], pair[1]))];

    /// <summary>The added headers again, or null where the keys that encrypted them are gone.</summary>
    public IReadOnlyList<KeyValuePair<string, string>>? HeadersIfReadable(string? protectedHeaders) => IfReadable(() => Headers(protectedHeaders));

    private static T? IfReadable<T>(Func<T?> read)
        where T : class
    {
        try
        {
            return read();
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

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
