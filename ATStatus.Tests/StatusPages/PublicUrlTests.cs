using ATStatus.Core.Problems;

namespace ATStatus.Tests.StatusPages;

/// <summary>Which addresses a status page can be read at.</summary>
public sealed class PublicUrlTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("  ", null)]
    [InlineData("https://status.example.com", "https://status.example.com/")]
    [InlineData(" http://STATUS.example.com/a?b=1#c ", "http://status.example.com/a?b=1#c")]
    [InlineData("https://statüs.example/ä", "https://xn--stats-nva.example/%C3%A4")]
    [InlineData("https://status.example.com/a|b<c>", "https://status.example.com/a%7Cb%3Cc%3E")]
    [InlineData("http://[2001:db8::1]:8080/", "http://[2001:db8::1]:8080/")]
    public void Is_kept_as_browsers_send_it(string? entered, string? kept)
    {
        var check = new InputCheck();

        Assert.Equal(kept, check.WebAddress(entered, "PublicUrl", "Public URL", 2_000));
        check.ThrowIfInvalid();
    }

    [Theory]
    [InlineData("status.example.com")]
    [InlineData("/status")]
    [InlineData("ftp://status.example.com/")]
    [InlineData("javascript:alert(1)")]
    [InlineData("https://")]
    [InlineData("https://user:pw@status.example.com/")]
    [InlineData("https://status.example.com/a b")]
    [InlineData("https://℀.com/")]
    public void Anything_else_is_refused_with_an_example(string entered)
    {
        var check = new InputCheck();

        check.WebAddress(entered, "PublicUrl", "Public URL", 2_000);

        var error = Assert.Throws<InvalidInputException>(check.ThrowIfInvalid);
        Assert.Contains("like https://status.example.com", error.Errors["PublicUrl"], StringComparison.Ordinal);
    }

    [Fact]
    public void Too_long_is_said_with_the_limit()
    {
        var check = new InputCheck();

        check.WebAddress("https://status.example.com/" + new string('a', 2_000), "PublicUrl", "Public URL", 2_000);

        Assert.Contains("at most 2000", Assert.Throws<InvalidInputException>(check.ThrowIfInvalid).Errors["PublicUrl"], StringComparison.Ordinal);
    }
}
