using System.Security.Cryptography;
using System.Text;

namespace ATStatus.Core.Model;

/// <summary>
/// What a script shows to the API instead of a session. The key itself is not stored: its hash is, which is enough for a random text that
/// nobody can guess.
/// </summary>
public sealed class ApiKey
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    /// <summary>What every key begins with, so that people and secret scanners recognise one.</summary>
    public const string Mark = "ats_";

    /// <summary>Random bytes in a key.</summary>
    private const int RandomByteCount = 32;

    /// <summary>How much of a key lists show of it: its mark and 32 bits, which leave 224 that nobody knows.</summary>
    public const int PrefixLength = 12;

    /// <summary>The length of a whole key.</summary>
    public const int Length = 4 + (2 * RandomByteCount);

    /// <summary>The longest address of a caller: an IPv6 address with an embedded IPv4 one and its zone.</summary>
    public const int AddressLength = 64;

    /// <summary>How exact <see cref="LastUsedAt"/> is: a script that asks every second must not be a write every second.</summary>
    public static readonly TimeSpan UseAccuracy = TimeSpan.FromMinutes(1);

    /// <summary>The same for a use from another address: scripts at two of them must not be a write with each request.</summary>
    public static readonly TimeSpan AddressAccuracy = TimeSpan.FromSeconds(10);

    public int Id { get; set; }

    public required string Name { get; set; }

    /// <summary>The beginning of the key, which tells one from another.</summary>
    public required string Prefix { get; set; }

    /// <summary>SHA-256 of the key's UTF-8 bytes; unique.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>What it may do, in the order of <see cref="ApiScopes.All"/>.</summary>
    public required IReadOnlyList<string> Scopes { get; set; }

    /// <summary>When it was made (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>Who made it: the account's name at that time.</summary>
    public required string CreatedBy { get; set; }

    /// <summary>From when on it is refused (UTC); null for never.</summary>
    public DateTime? ExpiresAt { get; set; }

    /// <summary>When it was revoked (UTC); null while it is not.</summary>
    public DateTime? RevokedAt { get; private set; }

    /// <summary>When it was last used (UTC), exact to <see cref="UseAccuracy"/>; null for not yet.</summary>
    public DateTime? LastUsedAt { get; set; }

    /// <summary>The network address from which it was last used, exact to <see cref="AddressAccuracy"/>.</summary>
    public string? LastUsedFrom { get; set; }

    /// <summary>Makes a key's text. It exists outside this process only where it is shown once.</summary>
    public static string Generate() => Mark + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(RandomByteCount));

    /// <summary>Whether a text can be a key at all; anything else need not be looked up.</summary>
    public static bool IsWellFormed(string text) => text.Length == Length && text.StartsWith(Mark, StringComparison.Ordinal);

    /// <summary>What is stored of a key.</summary>
    public static byte[] HashOf(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whether it is accepted at a moment (UTC).</summary>
    public bool IsValidAt(DateTime now) => RevokedAt is null && !(ExpiresAt <= now);

    /// <summary>Ends it for good; nothing where it has ended so already.</summary>
    public void Revoke(DateTime now) => RevokedAt ??= now;

    /// <summary>Without the hash.</summary>
    public override string ToString() => $"API key {Prefix}… '{Name}'";
}
