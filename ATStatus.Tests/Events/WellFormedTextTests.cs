using System.Text;
using ATStatus.Core.Events;
using ATStatus.Tests.Support;
using CsCheck;

namespace ATStatus.Tests.Events;

public sealed class WellFormedTextTests
{
    [Theory]
    [InlineData("")]
    [InlineData("plain")]
    [InlineData("😀 pairs 😀😀")]
    [InlineData("\uFFFD")]
    public void Well_formed_text_is_returned_as_it_is(string text) => Assert.Same(text, WellFormedText.ReplaceUnpairedSurrogates(text));

    [Fact]
    public void Null_stays_null() => Assert.Null(WellFormedText.ReplaceUnpairedSurrogates(null));

    [Fact]
    public void Only_unpaired_surrogates_are_replaced() => Assert.Equal(
        "\uFFFDa\uFFFD\uFFFD😀\uFFFD\uFFFD😀\uFFFD",
        WellFormedText.ReplaceUnpairedSurrogates("\uDC00a\uD800\uD800😀\uDFFF\uDBFF😀\uD83D"));

    [Fact]
    public void It_agrees_with_JavaScript_and_with_UTF8()
    {
        using var javaScript = new JavaScriptJson();
        Texts.WithSurrogates.Sample(
            text =>
            {
                var mended = WellFormedText.ReplaceUnpairedSurrogates(text);
                Assert.Equal(javaScript.ToWellFormed(text), mended);
                Assert.Equal(Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)), mended);
            },
            iter: 5_000,
            threads: 1);
    }
}
