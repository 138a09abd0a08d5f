using System.Buffers;
using System.Net.Http.Headers;
using System.Text;

namespace ATStatus.Core.Sending;

/// <summary>The part of a response that is kept: bounded whatever the receiver sends, and safe to store.</summary>
internal static class ResponseExcerpt
{
    public const int MaxBodyBytes = 16 * 1024;
    public const int MaxHeaders = 32;
    public const int MaxHeaderChars = 8 * 1024;
    private const string Masked = "(masked)";
    private static readonly int MaskBytes = Encoding.UTF8.GetByteCount(SafeText.Mask);

    /// <summary>The headers in the receiver's order, until there are 32 of them or 8 KiB in all; the last value may end in <c>…</c>.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> Headers(HttpResponseMessage response, SafeText safe)
    {
        var kept = new List<KeyValuePair<string, string>>();
        var left = MaxHeaderChars;
        foreach (var (name, value) in Lines(response))
        {
            var cleanName = safe.Clean(name);
            var cleanValue = name.StartsWith("Set-Cookie", StringComparison.OrdinalIgnoreCase) ? Masked
                : IsAddress(name) ? AddressOf(value, safe)
                : ResponseHeaderText.Printable(safe.Clean(value));
            left -= cleanName.Length;
            if (kept.Count == MaxHeaders || left <= 0) break;
            if (cleanValue.Length > left) cleanValue = safe.Clean(cleanValue, left - 1) + "…";
            left -= cleanValue.Length;
            kept.Add(new(cleanName, cleanValue));
        }

        return kept;
    }

    // A redirect from http to https repeats the whole URL, token included.
    private static bool IsAddress(string name) =>
        name.Equals("Location", StringComparison.OrdinalIgnoreCase) || name.Equals("Content-Location", StringComparison.OrdinalIgnoreCase);

    private static string AddressOf(string value, SafeText safe) =>
        Uri.TryCreate(value.Trim(), UriKind.Absolute, out var url) && url.Scheme.StartsWith("http", StringComparison.Ordinal)
            ? safe.Clean(MaskedUrl.Display(url))
            : Masked;

    /// <summary>
    /// The first 16 KiB of the body as text, or what stands for one that is no text ("compressed (gzip)"). A body that breaks off, stalls until <paramref name="limit"/> or is malformed gives what came
    /// until then; it never fails.
    /// </summary>
    public static async Task<(string Text, bool IsTruncated)> BodyAsync(HttpContent content, SafeText safe, CancellationToken limit)
    {
        var wanted = MaxBodyBytes + Math.Max(1, safe.Lookahead);
        var buffer = ArrayPool<byte>.Shared.Rent(wanted);
        try
        {
            var (count, isComplete) = await ReadAsync(content, buffer.AsMemory(0, wanted), limit);
            var encoding = EncodingOf(content.Headers);
            var kept = Math.Min(count, MaxBodyBytes);
            var isTruncated = !isComplete || count > kept;
            var text = Decode(encoding, buffer.AsSpan(0, count), isTruncated);
            if (count > 0 && ResponseContent.Placeholder(buffer.AsSpan(0, kept), text, content.Headers) is { } placeholder)
                return (safe.Clean(placeholder), isTruncated);
            var end = count > kept ? Decode(encoding, buffer.AsSpan(0, kept), isCut: true).Length : text.Length;
            end = Math.Min(end, text.Length);
            var clean = safe.Clean(text, end);
            if (FittingLength(clean, MaxBodyBytes) == clean.Length) return (clean, isTruncated);
            // A mask can be longer than what it hides; what is no ASCII has its own length.
            var most = Math.Max(MaxBodyBytes, Encoding.UTF8.GetByteCount(SafeText.NothingHidden.Clean(text, end)));
            return FittingLength(clean, most) == clean.Length
                ? (clean, isTruncated)
                : (clean[..FittingLength(clean, most - MaskBytes)].TrimEnd(SafeText.Mask[0]) + SafeText.Mask, true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>How much of the text's beginning has at most so many bytes of UTF-8.</summary>
    private static int FittingLength(string text, int maxBytes)
    {
        if (Encoding.UTF8.GetMaxByteCount(text.Length) <= maxBytes || Encoding.UTF8.GetByteCount(text) <= maxBytes) return text.Length;
        var (bytes, length) = (0, 0);
        foreach (var rune in text.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > maxBytes) break;
            length += rune.Utf16SequenceLength;
        }

        return length;
    }

    private static async Task<(int Count, bool IsComplete)> ReadAsync(HttpContent content, Memory<byte> buffer, CancellationToken limit)
    {
        var count = 0;
        try
        {
            await using var body = await content.ReadAsStreamAsync(limit);
            while (count < buffer.Length)
            {
                var read = await body.ReadAsync(buffer[count..], limit);
                if (read == 0) return (count, true);
                count += read;
            }
        }
        catch (Exception error) when (error is IOException or HttpRequestException or OperationCanceledException)
        {
            // The status has decided already; the body only illustrates.
        }

        return (count, false);
    }

    private static IEnumerable<(string Name, string Value)> Lines(HttpResponseMessage response)
    {
        HttpHeaders[] parts = [response.Headers, response.Content.Headers];
        return parts.SelectMany(part => part.NonValidated).SelectMany(header => header.Value.Select(value => (header.Key, value)));
    }

    // An unknown charset is read as UTF-8. The provider adds the charsets of old (windows-1252, shift_jis …) without changing the process.
    private static Encoding EncodingOf(HttpContentHeaders headers)
    {
        var charset = headers.ContentType?.CharSet?.Trim('"', '\'', ' ');
        if (string.IsNullOrEmpty(charset)) return Encoding.UTF8;
        try
        {
            return CodePagesEncodingProvider.Instance.GetEncoding(charset) ?? Encoding.GetEncoding(charset);
        }
        catch (Exception error) when (error is ArgumentException or NotSupportedException)
        {
            return Encoding.UTF8;
        }
    }

    // A decoder that is not flushed leaves out a character that the cut has split. Invalid bytes become replacement characters.
    private static string Decode(Encoding encoding, ReadOnlySpan<byte> bytes, bool isCut)
    {
        var preamble = encoding.Preamble;
        if (preamble.Length > 0 && bytes.StartsWith(preamble)) bytes = bytes[preamble.Length..];
        var chars = new char[encoding.GetMaxCharCount(bytes.Length)];
        return new string(chars, 0, encoding.GetDecoder().GetChars(bytes, chars, flush: !isCut));
    }
}
