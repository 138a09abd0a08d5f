using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ATStatus.Core.Access;

/// <summary>A secret of 256 random bits that is shown once; only its hash is stored. It needs no salt: nobody can guess it.</summary>
public static class LinkToken
{
    /// <summary>A new one, in characters that a URL takes as they are.</summary>
    public static string Create() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));

    /// <summary>What is stored of it (SHA-256, 32 bytes).</summary>
    public static byte[] HashOf(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));
}
