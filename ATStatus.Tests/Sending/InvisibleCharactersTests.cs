using ATStatus.Core.Sending;

namespace ATStatus.Tests.Sending;

/// <summary>A URL that was pasted with what nobody sees is warned about, whether it is acceptable or refused.</summary>
public sealed class InvisibleCharactersTests
{
    [Theory]
    [InlineData("https://hooks.example/a\u200Bb", "U+200B")]
    [InlineData("https://hooks.example/ab\u200D", "U+200D")]
    [InlineData("https://hooks.example/a\u202Eb", "U+202E")]
    [InlineData("https://hooks.example/a\u2066b?c", "U+2066")]
    [InlineData("https://hooks.example/a\u00ADb", "U+00AD")]
    [InlineData("https://hoo\u00ADks.example/", "U+00AD")]
    [InlineData("https://hooks.example/ab\uFEFF", "U+FEFF")]
    [InlineData("https://hooks.example/ab\u00A0", "U+00A0")]
    [InlineData("https://hooks.example/ab\u3000", "U+3000")]
    [InlineData("https://hooks.example/a?b=\u2800", "U+2800")]
    [InlineData("https://hooks.example/a\uFE0F", "U+FE0F")]
    [InlineData("https://hooks.example/a%E2%80%8Bb", "U+200B")]
    [InlineData("https://hooks.example/ａ", "U+FF41")]
    [InlineData("https://ｈooks.example/", "U+FF48")]
    [InlineData("https://hooks.example/a%20", "encoded blank")]
    public void It_is_acceptable_and_warned_about(string url, string words)
    {
        using var rig = SendingRig.Guarded();
        var check = rig.Policy.ParseUrl(url);
        Assert.Empty(check.Errors);
        Assert.Contains(words, Assert.Single(check.Warnings), StringComparison.Ordinal);
        Assert.DoesNotContain("hooks", check.Warnings[0], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("\u200Bhttps://hooks.example/", "U+200B")]
    [InlineData("\uFEFFhttps://hooks.example/", "U+FEFF")]
    [InlineData("ｈｔｔｐｓ：//hooks.example/", "U+FF48")]
    [InlineData("https://hooks.example/a\u00A0b", "U+00A0")]
    [InlineData("https://hooks.example/a\u2028b", "U+2028")]
    public void Where_it_is_refused_the_reason_stands_beside_it(string url, string words)
    {
        using var rig = SendingRig.Guarded();
        var check = rig.Policy.ParseUrl(url);
        Assert.False(check.IsAcceptable);
        Assert.Contains(words, Assert.Single(check.Warnings), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("  https://hooks.example/a \n")]
    [InlineData("https://bücher.example/größe?q=日本")]
    [InlineData("https://hooks.example/a%20b")]
    public void Nothing_else_is_warned_about(string url) => Assert.Null(InvisibleCharacters.WarningOf(url));
}
