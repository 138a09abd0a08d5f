using CsCheck;

namespace ATStatus.Tests.Events;

/// <summary>Texts as hostile as a browser can submit them.</summary>
internal static class Texts
{
    /// <summary>Any UTF-16 units, with plenty of surrogates, paired and not, and of characters that JSON escapes.</summary>
    public static Gen<string> WithSurrogates { get; } = Gen
        .OneOf(Gen.Char['\0', '\u007F'], Gen.Char['\0', '\uFFFF'], Gen.Char['\uD800', '\uDBFF'], Gen.Char['\uDC00', '\uDFFF'])
        .Array[0, 60]
        .Select(units => new string(units));

    /// <summary>
    /// Every code point from U+0000 to U+10FFFF once, in texts of a few thousand, so that one body checks many. Those of the surrogate
    /// range stand alone, each between two others.
    /// </summary>
    public static IEnumerable<string> OfEveryCodePoint() => Enumerable.Range(0, 0x110000)
        .Select(code => code is >= 0xD800 and <= 0xDFFF ? $"|{(char)code}" : char.ConvertFromUtf32(code))
        .Chunk(4096)
        .Select(texts => string.Concat(texts));
}
