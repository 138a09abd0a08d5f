using System.Security.Cryptography;

namespace ATStatus.Core.Signing;

/// <summary>
/// Secrets that a notification's requests are signed with. Operators may type any text of <see cref="MinLength"/> to <see cref="MaxLength"/> characters; this is
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
    /// The fewest characters of a secret that is set from now on. A shorter one of before keeps signing; it is too common a text to be
    /// masked without making a response unreadable.
    /// </summary>
    public const int MinLength = 6;

    /// <summary>Shorter ones can be guessed from one signed request; the form warns.</summary>
    public const int WarnedLength = 16;

    /// <summary>What is wrong with a new secret, for the form; null when it will do, and where there is none.</summary>
    public static string? ProblemOf(string? secret) => secret is not { Length: > 0 } ? null
        : secret.EnumerateRunes().Count() < MinLength ? $"A secret must have at least {MinLength} characters."
        : secret.Length > MaxLength ? $"Secret can have at most {MaxLength} characters."
        : null;

    /// <summary>What is to be said about a new secret that will do; null for nothing.</summary>
    public static string? WarningOf(string? secret) => secret is not { Length: > 0 } ? null
        : char.IsWhiteSpace(secret[0]) || char.IsWhiteSpace(secret[^1]) ? "The secret begins or ends with a blank, which counts as part of it."
        : secret.Length < WarnedLength ? $"Short secrets can be guessed. Use at least {WarnedLength} characters, or generate one."
        : null;

    /// <summary>
    /// Makes a secret: <see cref="Prefix"/> and the base64 (RFC 4648 section 4, padded) of <see cref="RandomByteCount"/> bytes from
    /// the system's cryptographic generator; 50 printable ASCII characters. One such secret serves both kinds of signature: the
    /// document's header takes the whole text as its key, Standard Webhooks decodes what follows the prefix.
    /// </summary>
    public static string Generate() => Prefix + Convert.ToBase64String(RandomNumberGenerator.GetBytes(RandomByteCount));
}
