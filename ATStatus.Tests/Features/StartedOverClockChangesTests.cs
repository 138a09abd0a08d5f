using System.Globalization;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Core.Incidents;
using Bunit;

namespace ATStatus.Tests.Features;

/// <summary>When an incident started, typed on the viewer's clock on a night on which it changes: nobody decides silently.</summary>
public sealed class StartedOverClockChangesTests : FeatureTest
{
    [Theory]
    [InlineData("Europe/Berlin", "2025-03-30T02:30", "02:30 does not exist on 30 March 2025 in Europe/Berlin: the clocks go forward. The next time that exists is 03:00.")]
    [InlineData("Europe/Dublin", "2025-03-30T01:30", "01:30 does not exist on 30 March 2025 in Europe/Dublin: the clocks go forward. The next time that exists is 02:00.")]
    public async Task A_time_that_the_clocks_skip_is_refused(string zone, string typed, string message)
    {
        await InZoneAsync(zone);
        await AddPageAsync();
        var cut = OpenForm(typed);
        Assert.Contains(message, cut.Find("#StartedAt-warning").TextContent, StringComparison.Ordinal);

        await Button(cut, "Preview").ClickAsync();
        Assert.Equal(message, ErrorOf(cut, "StartedAt"));
        await cut.Find("form").SubmitAsync();
        Assert.Equal(message, ErrorOf(cut, "StartedAt"));
        Assert.Equal(typed, Value(cut, "Started"));
        Assert.Empty(await ListAsync());
    }

    [Theory]
    [InlineData("Europe/Berlin", "2025-10-26T02:30", "Earlier", "2025-10-26T00:30:00Z")]
    [InlineData("Europe/Berlin", "2025-10-26T02:30", "Later", "2025-10-26T01:30:00Z")]
    [InlineData("Europe/Dublin", "2025-10-26T01:30", "Earlier", "2025-10-26T00:30:00Z")]
    [InlineData("Europe/Dublin", "2025-10-26T01:30", "Later", "2025-10-26T01:30:00Z")]
    public async Task Of_a_time_that_happens_twice_one_is_chosen(string zone, string typed, string which, string utc)
    {
        await InZoneAsync(zone);
        await AddPageAsync();
        var cut = OpenForm(typed);
        await cut.Find("form").SubmitAsync();
        Assert.Contains("Choose the earlier or the later.", ErrorOf(cut, "StartedAt"), StringComparison.Ordinal);
        Assert.Empty(await ListAsync());

        await cut.Find($"#StartedAtAmbiguous input[value={which}]").ClickAsync();
        await cut.Find("form").SubmitAsync();
        Assert.Equal(Utc(utc), Assert.Single(await ListAsync()).StartedAt);
    }

    [Fact]
    public async Task The_edit_dialog_asks_as_well_and_shows_which_one_is_saved()
    {
        await InZoneAsync("Europe/Berlin");
        var id = await AddIncidentAsync(await AddPageAsync());
        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));
        await Button(cut, "Edit").ClickAsync();
        Assert.Empty(cut.FindAll("#StartedAtAmbiguous"));

        Type(cut, "Started", "2025-03-30T02:30");
        await cut.Find("dialog form").SubmitAsync();
        Assert.Contains("does not exist", ErrorOf(cut, "StartedAt"), StringComparison.Ordinal);
        Type(cut, "Started", "2025-10-26T02:30");
        await cut.Find("dialog form").SubmitAsync();
        Assert.Contains("happens twice", ErrorOf(cut, "StartedAt"), StringComparison.Ordinal);
        Assert.Equal(Clock.GetUtcNow().UtcDateTime, Assert.Single(await ListAsync()).StartedAt);

        await cut.Find("#StartedAtAmbiguous input[value=Later]").ClickAsync();
        await cut.Find("dialog form").SubmitAsync();
        Assert.Equal(Utc("2025-10-26T01:30:00Z"), Assert.Single(await ListAsync()).StartedAt);

        var again = Open<IncidentPage>(p => p.Add(page => page.Id, id));
        await Button(again, "Edit").ClickAsync();
        Assert.Equal("2025-10-26T02:30", Value(again, "Started"));
        Assert.True(again.Find("#StartedAtAmbiguous input[value=Later]").HasAttribute("checked"));
    }

    [Theory]
    [InlineData("1999-12-31T12:00", "An incident cannot begin before the year 2000.")]
    [InlineData("9999-12-31T23:59", "An incident cannot begin in the future.")]
    public async Task A_year_that_cannot_be_is_refused_and_not_taken_for_now(string typed, string message)
    {
        await InZoneAsync("Europe/Berlin");
        await AddPageAsync();
        var cut = OpenForm(typed);
        await cut.Find("form").SubmitAsync();
        Assert.Equal(message, ErrorOf(cut, "StartedAt"));
    }

    private IRenderedComponent<IncidentForm> OpenForm(string started)
    {
        var cut = Open<IncidentForm>();
        Type(cut, "Title", "API down");
        Type(cut, "Message", "We are looking.");
        Type(cut, "Started", started);
        return cut;
    }

    private async Task InZoneAsync(string zone)
    {
        JSInterop.Setup<BrowserEnvironment>("atstatus.environment").SetResult(new(zone, false));
        await Get<BrowserClock>().StartAsync();
    }

    private Task<IReadOnlyList<IncidentRow>> ListAsync() => Get<IncidentQueries>().ListAsync(cancellationToken: Stop);

    private static DateTime Utc(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
