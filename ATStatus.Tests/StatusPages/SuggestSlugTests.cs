using ATStatus.Core.StatusPages;

namespace ATStatus.Tests.StatusPages;

public sealed class SuggestSlugTests
{
    [Theory]
    [InlineData("Main Status", "main-status")]
    [InlineData("Über & Co", "uber-co")]
    [InlineData("Café L'Été", "cafe-lete")]
    [InlineData("  a -- b  ", "a-b")]
    [InlineData("Größe", "grosse")]
    [InlineData("GROẞE STRAẞE", "grosse-strasse")]
    [InlineData("Smørrebrød & Æbler", "smorrebrod-aebler")]
    [InlineData("Łódź, Đakovo, Œuvre, Þórður", "lodz-dakovo-oeuvre-thordur")]
    [InlineData("Isparta ışık, İzmir", "isparta-isik-izmir")]
    [InlineData("日本", "")]
    [InlineData(null, "")]
    public void Suggests_plain_letters(string? name, string slug) => Assert.Equal(slug, StatusPageService.SuggestSlug(name));
}
