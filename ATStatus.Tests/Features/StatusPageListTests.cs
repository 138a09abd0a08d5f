using ATStatus.Admin.Features.StatusPages;
using ATStatus.Core.Events;
using Bunit;

namespace ATStatus.Tests.Features;

public sealed class StatusPageListTests : FeatureTest
{
    [Fact]
    public async Task Tells_how_many_components_a_page_has_and_how_the_worst_is()
    {
        var main = await AddPageAsync();
        await AddPageAsync("Bare", "bare");
        await AddComponentAsync(main, "API");
        await AddComponentAsync(main, "Mail", ComponentStatus.PartialOutage);

        var cut = Open<StatusPageList>();

        var rows = cut.FindAll("tbody tr").Select(row => row.TextContent).ToList();
        Assert.Equal(2, rows.Count);
        Assert.Contains("Bare", rows[0], StringComparison.Ordinal);
        Assert.DoesNotContain("Operational", rows[0], StringComparison.Ordinal);
        Assert.Contains("Partial outage", rows[1], StringComparison.Ordinal);
        Assert.NotNull(cut.Find($"a[href='admin/components?page={main}']"));
    }

    [Fact]
    public async Task Empty_it_offers_sample_data()
    {
        var cut = Open<StatusPageList>();
        Assert.Contains("No status pages yet", cut.Markup, StringComparison.Ordinal);

        await Button(cut, "Load sample data").ClickAsync();

        Assert.Contains("Main Status", cut.Find("tbody").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Add_leads_to_the_form()
    {
        var cut = Open<StatusPageList>();

        await Button(cut, "Add Status Page").ClickAsync();

        Assert.Equal("admin/status-pages/new", Address);
    }
}
