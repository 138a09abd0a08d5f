using System.Globalization;
using ATStatus.Core.Sending.Messages;
using CsCheck;

namespace ATStatus.Tests.Sending.Messages;

public sealed class MessageTextTests
{
    private static readonly MessageMarkup Doubling = new((element, _) => element + element, url => $"<{url}>");

    [Theory]
    [InlineData("plain", "plain")]
    [InlineData("  two  blanks  ", "two  blanks")]
    [InlineData("a\r\nb\rc\u2028d", "a\nb\nc\nd")]
    [InlineData("a\n\n\n\nb\n \n\t\nc", "a\n\nb\n\nc")]
    [InlineData("a\tb\0\u0007\u001Bc", "a bc")]
    [InlineData("\u202Eevil\u202C \u2066x\u2069", "evil x")]
    [InlineData("\u200B\u00AD\u3164 \n", "")]
    [InlineData("مرحبا \u200Fb", "مرحبا \u200Fb")]
    [InlineData("👩‍👩‍👧‍👦", "👩‍👩‍👧‍👦")]
    public void What_is_left_to_show(string typed, string shown) => Assert.Equal(shown, MessageText.Clean(typed));

    [Fact]
    public void Half_a_pair_is_replaced() => Assert.Equal("half \uFFFD", MessageText.Clean("half " + '\uD83D'));

    [Fact]
    public void A_clean_text_stays_as_it_is() => NastyEvents.Text.Sample(text =>
    {
        var clean = MessageText.Clean(text);
        return MessageText.Clean(clean) == clean && !clean.Any(c => char.IsControl(c) && c != '\n') && MessageText.Line(text).All(c => c != '\n');
    });

    [Fact]
    public void What_does_not_fit_ends_with_three_dots_behind_a_whole_character() =>
        Gen.Select(NastyEvents.Text, Gen.Int[2, 300]).Sample((text, limit) =>
        {
            var clean = MessageText.Clean(text);
            var fitted = MessageText.Fit(clean, limit, MessageMarkup.None);
            if (clean.Length <= limit) return fitted == clean;
            var kept = fitted[..^1];
            int[] boundaries = [.. StringInfo.ParseCombiningCharacters(clean), clean.Length];
            // Blanks before the dots are dropped; a heap of marks beyond 64 units may be cut within.
            var end = kept.Length + clean[kept.Length..].TakeWhile(char.IsWhiteSpace).Count();
            var isWhole = Enumerable.Range(kept.Length, end - kept.Length + 1).Any(boundaries.Contains);
            return fitted.Length <= limit && fitted[^1] == '…' && clean.StartsWith(kept, StringComparison.Ordinal)
                && (isWhole || boundaries.Zip(boundaries.Skip(1)).Any(pair => pair.Second - pair.First > 64));
        });

    [Theory]
    [InlineData("abc", 6, "aabbcc")]
    [InlineData("abc", 5, "aabb…")]
    [InlineData("abc", 4, "aa…")]
    [InlineData("see https://x.example/ab.", 40, "sseeee  <https://x.example/ab>..")]
    [InlineData("see https://x.example/ab.", 20, "sseeee…")]
    public void Length_is_what_is_written_down_and_no_link_is_cut(string text, int limit, string written) =>
        Assert.Equal(written, MessageText.Fit(text, limit, Doubling));

    [Theory]
    [InlineData("A,B,C", 20, "A, B, C")]
    [InlineData("Alpha,Beta,Gamma", 19, "Alpha, Beta, Gamma")]
    [InlineData("Alpha,Beta,Gamma", 18, "Alpha, Beta, Gamma")]
    [InlineData("Alpha,Beta,Gamma", 17, "Alpha and 2 more")]
    [InlineData("Alphabetagamma,Beta", 18, "Alphab… and 1 more")]
    public void Of_too_many_names_the_rest_is_counted(string names, int limit, string written)
    {
        var listed = MessageText.List(names.Split(','), limit, MessageMarkup.None);

        Assert.True(listed.Length <= limit, listed);
        Assert.Equal(written, listed);
    }
}
