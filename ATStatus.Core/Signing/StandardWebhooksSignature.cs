using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace ATStatus.Core.Signing;

/// <summary>
/// The value of <c>webhook-signature</c> as the Standard Webhooks specification defines it: <c>v1,</c> and the base64 of the
/// HMAC-SHA256 of <c>id.timestamp.body</c>.
/// </summary>
public static class StandardWebhooksSignature
{
    /// <summary>Signs a message.</summary>
    /// <param name="id">The <c>webhook-id</c>.</param>
    /// <param name="timestamp">The <c>webhook-timestamp</c>: seconds since 1970.</param>
    /// <param name="body">The exact bytes that are sent.</param>
    /// <param name="secret">The secret; see <see cref="KeyOf"/>.</param>
    /// <exception cref="ArgumentException">The secret is null or empty.</exception>
    public static string Compute(string id, long timestamp, ReadOnlySpan<byte> body, string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, KeyOf(secret));
        hmac.AppendData(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{id}.{timestamp}.")));
        hmac.AppendData(body);
        return "v1," + Convert.ToBase64String(hmac.GetHashAndReset());
    }

    /// <summary>
    /// The key: the base64 behind <see cref="WebhookSecret.Prefix"/>, decoded. A secret that an operator typed need not be of
    /// that form; then it is the UTF-8 bytes of the whole text.
    /// </summary>
    private static byte[] KeyOf(string secret)
    {
        if (secret.Length > WebhookSecret.Prefix.Length && secret.StartsWith(WebhookSecret.Prefix, StringComparison.Ordinal))
        {
            var key = new byte[secret.Length];
            if (Convert.TryFromBase64String(secret[WebhookSecret.Prefix.Length..], key, out var length) && length > 0)
                return key[..length];
        }
        return Encoding.UTF8.GetBytes(secret);
    }
}
