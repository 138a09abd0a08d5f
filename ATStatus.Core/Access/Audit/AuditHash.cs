using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ATStatus.Core.Model;

namespace ATStatus.Core.Access.Audit;

/// <summary>
/// The hash that chains entries. SHA-256 over the hash of the entry before (32 bytes) and the values of this one, each as the number of its bytes
/// (4 bytes, the highest first; FF FF FF FF for null) and its text in UTF-8. docs/security.md has it to the byte.
/// </summary>
public static class AuditHash
{
    /// <summary>What the first entry is chained to.</summary>
    public static byte[] Beginning => new byte[32];

    public static byte[] Of(AuditEntry entry, byte[] previous)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(previous);
        Span<byte> length = stackalloc byte[4];
        foreach (var value in Values(entry))
        {
            var bytes = value is null ? [] : Encoding.UTF8.GetBytes(value);
            BinaryPrimitives.WriteInt32BigEndian(length, value is null ? -1 : bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }
        return hash.GetHashAndReset();
    }

    public static string DisplayText(byte[] hash) => Convert.ToHexStringLower(hash);

    private static string?[] Values(AuditEntry entry) =>
    [
        Number(entry.Id), entry.At.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture), entry.ActorKind.ToString(), entry.ActorName,
        entry.ActorId, entry.Address, entry.Action.ToString(), entry.ObjectKind.ToString(), entry.ObjectId, entry.ObjectName, entry.Before, entry.After,
        entry.EventIds is { } events ? string.Join(',', events.Select(Number)) : null, Number(entry.Count),
    ];

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);
}
