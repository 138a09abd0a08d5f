using System.Net.Http.Headers;

namespace ATStatus.Core.Sending;

/// <summary>Tells bodies that are no text by what their headers and first bytes say. Nothing is ever unpacked.</summary>
internal static class ResponseContent
{
    /// <summary>Fewer bytes than this of a body that is declared to be text are shown, however odd.</summary>
    private const int LeastToJudge = 64;

    private const int LongestMediaType = 100;

    private static readonly HashSet<string> Codings = ["gzip", "br", "deflate", "zstd", "compress", "dcb", "dcz"];

    private static readonly (byte[] Beginning, string Coding)[] Packed =
    [
        ([0x1F, 0x8B, 0x08], "gzip"),
        ([0x28, 0xB5, 0x2F, 0xFD], "zstd"),
        ([0x1F, 0x9D], "compress"),
        ([0x42, 0x5A, 0x68], "bzip2"),
        ([0xFD, 0x37, 0x7A, 0x58, 0x5A, 0x00], "xz"),
        ([0x50, 0x4B, 0x03, 0x04], "zip"),
    ];

    /// <summary>The codings that a response names, as <c>gzip</c> or <c>gzip, br</c>; null where it names none that pack.</summary>
    public static string? Coding(HttpContentHeaders headers)
    {
        if (!headers.NonValidated.TryGetValues("Content-Encoding", out var values)) return null;
        var named = values.SelectMany(value => value.Split(',')).Select(NameOf).Where(Codings.Contains).ToArray();
        return named.Length == 0 ? null : string.Join(", ", named.Take(4));

        // RFC 9110, section 8.4.1: "x-gzip" is "gzip".
        static string NameOf(string coding)
        {
            var name = coding.Trim().ToLowerInvariant();
            return name.StartsWith("x-", StringComparison.Ordinal) ? name[2..] : name;
        }
    }

    /// <summary>What stands for a body that is no text: "compressed (gzip)", "binary (image/png)"; null where it is text.</summary>
    /// <param name="body">The beginning of the body, which is not empty.</param>
    /// <param name="text">The same, decoded.</param>
    public static string? Placeholder(ReadOnlySpan<byte> body, string text, HttpContentHeaders headers)
    {
        if (Coding(headers) is { } coding) return Compressed(coding);
        var odd = text.Count(IsOdd);
        // Each of these beginnings has bytes that no text has, or stands before many of them.
        foreach (var (beginning, name) in Packed)
        {
            if (body.StartsWith(beginning) && odd > 0) return Compressed(name);
        }

        if (odd * 10 <= text.Length || (IsDeclaredText(headers.ContentType) && body.Length < LeastToJudge)) return null;
        // RFC 1950: the two bytes of a zlib stream are a multiple of 31.
        if (body is [0x78, var second, ..] && (0x7800 + second) % 31 == 0) return Compressed("deflate");
        return headers.ContentType?.MediaType is { Length: <= LongestMediaType } type ? $"binary ({type})" : "binary";
    }

    private static string Compressed(string coding) => $"compressed ({coding})";

    /// <summary>Controls that text does not have, and what stands for bytes that are no characters.</summary>
    private static bool IsOdd(char c) => c == '\uFFFD' || (char.IsControl(c) && c is not ('\t' or '\n' or '\r' or '\f' or '\b' or '\e'));

    private static bool IsDeclaredText(MediaTypeHeaderValue? type) =>
        type?.CharSet is not null
        || (type?.MediaType is { } name && (name.StartsWith("text/", StringComparison.OrdinalIgnoreCase)
            || name.Contains("json", StringComparison.OrdinalIgnoreCase) || name.Contains("xml", StringComparison.OrdinalIgnoreCase)));
}
