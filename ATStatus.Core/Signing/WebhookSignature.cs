using System.Security.Cryptography;
using System.Text;

namespace ATStatus.Core.Signing;

/// <summary>
/// The value of <c>X-Webhook-Signature</c> as the Custom Webhooks document defines it: HMAC-SHA256 (RFC 2104) of the body's
/// bytes in hex. The key is the UTF-8 bytes of the whole secret, whatever the secret looks like.
/// </summary>
public static class WebhookSignature
{
    /// <summary>Signs a body.</summary>
    /// <param name="body">The exact bytes that are sent.</param>
    /// <param name="secret">The secret; an unpaired surrogate in it counts as U+FFFD, as in Node.js.</param>
    /// <returns>64 lower-case hex digits.</returns>
    /// <exception cref="ArgumentException">
    /// The secret is null or empty: a signature without a secret would look like proof and be none.
    /// </exception>
    public static string Compute(ReadOnlySpan<byte> body, string secret)
    {
        ArgumentException.ThrowIfNullOrEmpty(secret);
        Span<byte> hash = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body, hash);
        return Convert.ToHexStringLower(hash);
    }

    /// <summary>
    /// Whether <paramref name="signature"/> is the one <see cref="Compute"/> gives, exactly (lower case, no spaces). Anything else,
    /// and an empty secret, is false and never an exception. How long it takes tells nothing about where a wrong signature differs.
    /// </summary>
    public static bool Verify(ReadOnlySpan<byte> body, string secret, string? signature)
    {
        if (string.IsNullOrEmpty(secret) || signature is null)
            return false;

        return CryptographicOperations.FixedTimeEquals(
            Encoding.UTF8.GetBytes(signature), Encoding.UTF8.GetBytes(Compute(body, secret)));
    }
}
