using System.Diagnostics.CodeAnalysis;

namespace ATStatus.Core.Events;

/// <summary>
/// Text that UTF-8 can carry. A browser can submit half of a surrogate pair; UTF-8 has no bytes for it, so such text
/// would not come back from a receiver as it was signed. It is mended where it enters, before it is stored.
/// </summary>
public static class WellFormedText
{
    private const char ReplacementCharacter = '\uFFFD';

    /// <summary>
    /// Returns <paramref name="text"/> with each unpaired surrogate replaced by U+FFFD, the same instance if there is none,
    /// and null for null. The length in UTF-16 units stays the same. JavaScript's <c>String.prototype.toWellFormed</c> does likewise.
    /// </summary>
    [return: NotNullIfNotNull(nameof(text))]
    public static string? ReplaceUnpairedSurrogates(string? text)
    {
        if (text is null)
            return null;

        var first = IndexOfUnpairedSurrogate(text);
        return first < 0 ? text : string.Create(text.Length, (text, first), static (result, source) =>
        {
            source.text.CopyTo(result);
            for (var at = source.first; at >= 0;)
            {
                result[at] = ReplacementCharacter;
                var next = IndexOfUnpairedSurrogate(result[(at + 1)..]);
                at = next < 0 ? -1 : at + 1 + next;
            }
        });
    }

    private static int IndexOfUnpairedSurrogate(ReadOnlySpan<char> text)
    {
        for (var from = 0; from < text.Length;)
        {
            var surrogate = text[from..].IndexOfAnyInRange('\uD800', '\uDFFF');
            if (surrogate < 0)
                return -1;

            var at = from + surrogate;
            if (at + 1 == text.Length || !char.IsSurrogatePair(text[at], text[at + 1]))
                return at;
            from = at + 2;
        }

        return -1;
    }
}
