using ATStatus.Core.Model;

namespace ATStatus.Tests.StatusPages;

public sealed class PageTimeZoneTests
{
    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Berlin")]
    [InlineData("America/Argentina/Buenos_Aires")]
    [InlineData("Asia/Kolkata")]
    public void An_iana_name_is_a_zone(string name)
    {
        Assert.True(PageTimeZone.TryFind(name, out var zone));
        Assert.Equal(name, zone.Id);
    }

    [Theory]
    // .NET knows these as well, browsers and other systems do not.
    [InlineData("W. Europe Standard Time")]
    [InlineData("Eastern Standard Time")]
    [InlineData("Mars/Olympus")]
    [InlineData(" ")]
    [InlineData(null)]
    public void Another_name_is_none(string? name) => Assert.False(PageTimeZone.TryFind(name, out _));

    [Fact]
    public void A_name_of_windows_that_was_stored_once_keeps_its_times() =>
        Assert.Equal(TimeSpan.FromHours(1), PageTimeZone.Find("W. Europe Standard Time").BaseUtcOffset);
}
