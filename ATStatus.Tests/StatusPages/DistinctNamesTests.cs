using ATStatus.Core.StatusPages;

namespace ATStatus.Tests.StatusPages;

/// <summary>Names that are the same get what tells them apart, and no others do.</summary>
public sealed class DistinctNamesTests
{
    [Theory]
    [InlineData("API|Core Web|Core", "API; Web")]
    [InlineData("API|Core API|Edge Web|Edge", "API (Core); API (Edge); Web")]
    [InlineData("API|Core API|Core Web|Edge", "API (Core, #1); API (Core, #2); Web")]
    [InlineData("API|Core API|Core API|Edge", "API (Core, #1); API (Core, #2); API (Edge)")]
    [InlineData("API|- API|Edge", "API; API (Edge)")]
    [InlineData("API|- API|-", "API (#1); API (#2)")]
    [InlineData("Api|Core API|Core", "Api; API")]
    // One whose name is what another one becomes.
    [InlineData("A|x A|y A_(x)|z", "A (x, #1); A (y); A (x) (#3)")]
    public void Each_gets_what_it_needs(string items, string expected)
    {
        var rows = items.Split(' ').Select((item, i) => (Id: i + 1, Name: item.Split('|')[0], Group: item.Split('|')[1])).ToList();
        // A blank is an underscore above.
        var names = DistinctNames.Of(rows, r => r.Id, r => r.Name.Replace('_', ' '), r => r.Group == "-" ? null : r.Group);
        Assert.Equal(expected, string.Join("; ", rows.Select(r => names[r.Id])));
        Assert.Equal(rows.Count, names.Values.Distinct().Count());
    }

    [Fact]
    public void The_second_tells_apart_what_the_first_does_not()
    {
        var names = DistinctNames.Of(
            new[] { (Id: 1, Page: "Main", Group: "Core"), (Id: 2, Page: "Main", Group: "Edge"), (Id: 3, Page: "Shop", Group: "Core") },
            c => c.Id, _ => "API", c => c.Page, c => c.Group);
        Assert.Equal(["API (Main, Core)", "API (Main, Edge)", "API (Shop)"], names.OrderBy(n => n.Key).Select(n => n.Value));
    }
}
