using System.Globalization;
using System.Text;

namespace ATStatus.Core.Sending;

/// <summary>
/// What nobody sees in a URL and what looks like another character: pasted along from a chat or a document, it makes another address than the
/// one that was meant.
/// </summary>
public static class InvisibleCharacters
{
    private const int MostNamed = 3;

    /// <summary>A warning about what was typed as a URL, for the form; null where there is nothing to say. It names no other character of the URL.</summary>
    public static string? WarningOf(string? url)
    {
        if (string.IsNullOrWhiteSpace(url)) return null;
        // Percent-encoded, as a URL is stored and as browsers copy it, they are no more visible.
        var text = Uri.UnescapeDataString(url.Trim(' ', '\t', '\r', '\n'));
        var invisible = text.EnumerateRunes().Where(IsInvisible).Distinct().ToList();
        var wide = text.EnumerateRunes().Where(IsWide).Distinct().ToList();
        var warnings = new List<string>();
        if (invisible.Count > 0)
            warnings.Add($"The URL contains invisible characters ({Names(invisible)}), often pasted along by accident. Type the URL or remove them.");
        if (wide.Count > 0)
            warnings.Add($"The URL contains full-width characters ({Names(wide)}) that only look like the usual ones.");
        if (text.Length > 0 && text[^1] <= ' ')
            warnings.Add("The URL ends with an encoded blank, often pasted along by accident.");
        return warnings.Count == 0 ? null : string.Join(" ", warnings);
    }

    /// <summary>Format characters (zero-width, direction, soft hyphen, tags), blanks that are no space, and letters and marks that have no shape of their own.</summary>
    private static bool IsInvisible(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => true,
        UnicodeCategory.SpaceSeparator => rune.Value != ' ',
        _ => rune.Value is 0x034F or 0x115F or 0x1160 or 0x17B4 or 0x17B5 or (>= 0x180B and <= 0x180F) or 0x2800 or 0x3164 or 0xFFA0
            or (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF),
    };

    private static bool IsWide(Rune rune) => rune.Value is (>= 0xFF01 and <= 0xFF5E) or 0x3002 or 0xFF61;

    private static string Names(List<Rune> runes) => string.Join(", ", runes.Take(MostNamed).Select(rune => $"U+{rune.Value:X4}")) + (runes.Count > MostNamed ? " …" : "");
}
