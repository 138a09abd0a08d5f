using System.Text;
using ATStatus.Core.Events;

namespace ATStatus.Tests.Events;

/// <summary>What a search takes for the same: Unicode's full case folding, whatever way a letter is composed.</summary>
public sealed class FoldedTextTests
{
    [Theory]
    [InlineData("Ärger", "ärger")]
    [InlineData("Ärger", "A\u0308RGER")]
    [InlineData("Straße", "STRASSE")]
    [InlineData("Straße", "STRAẞE")]
    [InlineData("ΟΔΟΣ", "οδος")]
    [InlineData("οδοσ", "οδος")]
    [InlineData("ПРИВЕТ", "привет")]
    [InlineData("ÉCOLE", "école")]
    [InlineData("ﬁx", "FIX")]
    [InlineData("İ", "i\u0307")]
    [InlineData("İstanbul", "istanbul")]
    [InlineData("ᾼ", "αι")]
    [InlineData("ΐ", "Ϊ́")]
    [InlineData("K", "k")]
    [InlineData("ſ", "S")]
    [InlineData("𐐀", "𐐨")]
    [InlineData("ŉ", "ʼN")]
    [InlineData("և", "ԵՒ")]
    [InlineData("ｱＡ", "ｱａ")]
    public void Case_makes_no_difference(string first, string second) => Assert.Equal(FoldedText.Of(first), FoldedText.Of(second));

    [Theory]
    [InlineData("a", "ä")]
    [InlineData("e", "é")]
    [InlineData("i", "ı")]
    [InlineData("I", "ı")]
    [InlineData("o", "ø")]
    [InlineData("A", "Ａ")]
    public void Accents_and_other_letters_do(string first, string second) =>
        Assert.DoesNotContain(FoldedText.Of(first), FoldedText.Of(second), StringComparison.Ordinal);

    [Fact]
    public void Every_character_is_as_its_capital_and_its_small_letter_and_folding_twice_changes_nothing()
    {
        for (var code = 0; code <= 0x1FFFF; code++)
        {
            if (!Rune.TryCreate(code, out var rune))
                continue;
            var folded = FoldedText.Of(rune.ToString());
            Assert.True(folded == FoldedText.Of(Rune.ToUpperInvariant(rune).ToString()), $"U+{code:X4}");
            Assert.True(folded == FoldedText.Of(Rune.ToLowerInvariant(rune).ToString()), $"U+{code:X4}");
            Assert.True(folded == FoldedText.Of(folded), $"U+{code:X4}");
            Assert.True(folded.Length <= 3 * rune.Utf16SequenceLength, $"U+{code:X4}");
        }
    }

    [Fact]
    public void What_no_normal_form_takes_is_replaced() => Assert.Equal("a\uFFFDä\uFFFD", FoldedText.Of("A" + '\uD83D' + "Ä" + '\uFFFE'));
}
