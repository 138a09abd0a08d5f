using System.Security.Cryptography;

namespace ATStatus.Core.Signing;

/// <summary>
/// Secrets that a notification's requests are signed with. Operators may type any text up to <see cref="MaxLength"/>; this is
/// how the console makes one.
/// </summary>
public static class WebhookSecret
{
    /// <summary>
    /// What a generated secret begins with: the prefix of the Standard Webhooks specification, whose key is the base64 behind it.
    /// </summary>
    public const string Prefix = "whsec_";

    /// <summary>Random bytes in a generated secret: 256 bits, the width of SHA-256; Standard Webhooks asks for 24 to 64 bytes.</summary>
    public const int RandomByteCount = 32;

    /// <summary>The longest secret that is accepted, in UTF-16 units (<see cref="string.Length"/>).</summary>
    public const int MaxLength = 256;

    /// <summary>
    /// Makes a secret: <see cref="Prefix"/> and the base64 (RFC 4648 section 4, padded) of <see cref="RandomByteCount"/> bytes from
    /// the system's cryptographic generator; 50 printable ASCII characters. One such secret serves both kinds of signature: the
    /// document's header takes the whole text as its key, Standard Webhooks decodes what follows the prefix.
    /// </summary>
    public static string Generate() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(RandomByteCount));
}
