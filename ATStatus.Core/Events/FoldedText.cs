using System.Text;

namespace ATStatus.Core.Events;

/// <summary>
/// Text as it is searched: two texts that differ only in case are the same when folded. Unicode's full case folding under canonical
/// equivalence (The Unicode Standard, D145), so <c>Ä</c> finds <c>ä</c> however either was composed, and <c>STRASSE</c> finds
/// <c>Straße</c>. Accents stay distinct: <c>a</c> is not <c>ä</c>. The Turkish dotless i is a letter of its own; the capital with a dot is
/// found as a plain i, which is how it is typed elsewhere.
/// </summary>
public static class FoldedText
{
    /// <summary>
    /// What Unicode folds into several letters without the letter itself decomposing (CaseFolding.txt, status F); of the others the
    /// decomposition has done it.
    /// </summary>
    private static readonly Dictionary<int, string> Expanded = new()
    {
        ['ß'] = "ss",
        ['ẞ'] = "ss",
        [0x0149] = "\u02BCn",
        [0x0587] = "\u0565\u0582",
        [0x1E9A] = "a\u02BE",
        [0xFB00] = "ff",
        [0xFB01] = "fi",
        [0xFB02] = "fl",
        [0xFB03] = "ffi",
        [0xFB04] = "ffl",
        [0xFB05] = "st",
        [0xFB06] = "st",
        [0xFB13] = "\u0574\u0576",
        [0xFB14] = "\u0574\u0565",
        [0xFB15] = "\u0574\u056B",
        [0xFB16] = "\u057E\u0576",
        [0xFB17] = "\u0574\u056D",
    };

    /// <summary>The text folded; folding it again changes nothing.</summary>
    public static string Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text))
            return text.ToLowerInvariant();
        // Normalization takes neither unpaired surrogates nor the noncharacter U+FFFE.
        var decomposed = WellFormedText.ReplaceUnpairedSurrogates(text).Replace('\uFFFE', '\uFFFD').Normalize(NormalizationForm.FormD);
        var folded = new StringBuilder(decomposed.Length);
        foreach (var rune in decomposed.EnumerateRunes())
        {
            // The dot of an i is drawn anyway: İ is I and a dot when decomposed.
            if (rune.Value == 0x0307 && folded.Length > 0 && folded[^1] == 'i')
                continue;
            if (Expanded.TryGetValue(rune.Value, out var letters))
                folded.Append(letters);
            else
                folded.Append(Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune)).ToString());
        }
        return folded.ToString().Normalize(NormalizationForm.FormC);
    }
}
