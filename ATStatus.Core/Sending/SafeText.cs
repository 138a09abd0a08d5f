using System.Buffers;
using System.Text;

namespace ATStatus.Core.Sending;

/// <summary>
/// Makes text from a receiver fit to be stored and shown: the notification's secret becomes <c>•••</c> wherever the receiver echoes it
/// (also percent-encoded, quoted in JSON, or its UTF-8 bytes read as Latin-1), NULs and unpaired surrogates become U+FFFD.
/// </summary>
internal sealed class SafeText
{
    public const string Mask = "•••";
    private const int MaxLookahead = 4096;

    /// <summary>For text that is only made fit to be stored.</summary>
    public static readonly SafeText NothingHidden = new(secret: null);

    /// <summary>NUL, and surrogates, which may be unpaired.</summary>
    private static readonly SearchValues<char> Doubtful =
        SearchValues.Create([.. Enumerable.Range(0xD800, 0x800).Select(c => (char)c).Prepend('\0')]);

    private readonly string[] _forms;

    /// <param name="url">Its URL: of services that put a token into the path or query, an error page often repeats it.</param>
    /// <param name="others">What else must not be shown: an earlier secret, the values of added headers.</param>
    public SafeText(string? secret, Uri? url = null, params IEnumerable<string?> others)
    {
        var forms = new List<string>();
        foreach (var hidden in others.Prepend(secret).Where(text => !string.IsNullOrEmpty(text)).OfType<string>())
            forms.AddRange([hidden, Uri.EscapeDataString(hidden), Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(hidden)), InJson(hidden)]);
        if (url is not null)
            forms.AddRange(url.PathAndQuery.Split('/', '?', '&', '=').Where(IsTokenLike).SelectMany(part => new[] { part, Uri.UnescapeDataString(part) }));
        _forms = [.. forms.Distinct().OrderByDescending(form => form.Length)];
    }

    private static string InJson(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>Long, and no plain word: with digits or capitals.</summary>
    private static bool IsTokenLike(string part) => part.Length >= 16 && part.Any(c => char.IsAsciiDigit(c) || char.IsAsciiLetterUpper(c));

    /// <summary>How many bytes past an end must be known so that a secret across it is recognised.</summary>
    public int Lookahead => _forms.Length == 0 ? 0 : Math.Min(_forms.Max(Encoding.UTF8.GetByteCount), MaxLookahead);

    /// <summary>
    /// The first <paramref name="end"/> characters of <paramref name="text"/>, made safe; what follows is only looked at. Secrets that follow
    /// each other without a gap are one mask.
    /// </summary>
    public string Clean(string text, int end)
    {
        var clean = new StringBuilder(end);
        var next = new int[_forms.Length];
        Array.Fill(next, -1);
        var (position, masked) = (0, -1);
        while (position < end)
        {
            var (start, length) = NextSecret(text, position, next);
            AppendStorable(clean, text.AsSpan(position, Math.Min(start, end) - position));
            if (start >= end) break;
            if (start != masked) clean.Append(Mask);
            position = masked = start + length;
        }

        return clean.ToString();
    }

    /// <inheritdoc cref="Clean(string, int)"/>
    public string Clean(string text) => Clean(text, text.Length);

    /// <summary>
    /// What comes first, the longest of those that begin there. Where each form is found next is kept, so that the text is gone through once
    /// for each, however often one of them occurs.
    /// </summary>
    private (int Start, int Length) NextSecret(string text, int from, int[] next)
    {
        var (start, length) = (text.Length, 0);
        for (var i = 0; i < _forms.Length; i++)
        {
            if (next[i] < from)
                next[i] = text.IndexOf(_forms[i], from, StringComparison.Ordinal) is >= 0 and var found ? found : int.MaxValue;
            if (next[i] < start) (start, length) = (next[i], _forms[i].Length);
        }

        return (start, length);
    }

    private static void AppendStorable(StringBuilder clean, ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            // Most text is fit as it is and taken whole: a body has thousands of characters.
            var fit = text.IndexOfAny(Doubtful);
            if (fit < 0) fit = text.Length;
            clean.Append(text[..fit]);
            text = text[fit..];
            if (text.IsEmpty) return;
            var isWhole = Rune.DecodeFromUtf16(text, out var rune, out var length) == OperationStatus.Done && rune.Value != 0;
            if (isWhole) clean.Append(text[..length]);
            else clean.Append('\uFFFD');
            text = text[length..];
        }
    }
}
