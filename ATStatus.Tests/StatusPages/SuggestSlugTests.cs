using ATStatus.Core.StatusPages;

namespace ATStatus.Tests.StatusPages;

public sealed class SuggestSlugTests
{
    [Theory]
    [InlineData("Main Status", "main-status")]
    [InlineData("Über & Co", "uber-co")]
    [InlineData("Café L'Été", "cafe-lete")]
    [InlineData("  a -- b  ", "a-b")]
    [InlineData("日本", "")]
    [InlineData(null, "")]
    public void Suggests_plain_letters(string? name, string slug) => Assert.Equal(slug, StatusPageService.SuggestSlug(name));
}
