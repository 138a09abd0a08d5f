using ATStatus.Admin.Features;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

/// <summary>A component's page shows what happened, from when to when, and lets a stretch of it be corrected. The clock says 12:00.</summary>
public sealed class ComponentHistoryTests : FeatureTest
{
    private static readonly Actor Bea = new("bea@example.com");

    [Fact]
    public async Task The_history_says_from_when_to_when_and_follows_an_incident_entered_afterwards()
    {
        var api = await AddOldComponentAsync();
        var cut = OpenComponent(api);
        Assert.Equal(["Operational since 4 Jan 2026, 12:00 · 10 d"], Changes(cut));
        Assert.Contains("100.00 % uptime; operational throughout", Sentence(cut), StringComparison.Ordinal);

        var page = (await Get<StatusPageQueries>().PagesAsync(cancellationToken: Stop))[0].Id;
        await Get<IncidentService>().CreateAsync(
            new IncidentInput(page, "API down", IncidentSeverity.Critical, IncidentStatus.Resolved, "It was down.", [new(api, ComponentStatus.MajorOutage)], At(6)) { EndedAt = At(9) },
            Bea, Stop);
        await ShownAsync(cut, () => Assert.Equal(
            [
                "Operational since 14 Jan 2026, 09:00 · 3 h", "Major outage from 14 Jan 2026, 06:00 to 09:00 · 3 h",
                "Operational from 4 Jan 2026, 12:00 to 14 Jan 2026, 06:00 · 9 d 18 h",
            ],
            Changes(cut)));
        Assert.Contains("API, 11 days: 98.75 % uptime; major outage on 1 day", Sentence(cut), StringComparison.Ordinal);
        Assert.Equal("14 Jan 2026: Major outage, down for 3 h 0 min", Day(cut, "2026-01-14"));
        Assert.Empty(cut.FindAll(".mark"));
    }

    [Fact]
    public async Task A_stretch_is_corrected_and_says_so_in_list_bar_and_tooltip()
    {
        var api = await AddOldComponentAsync();
        await AddNotificationAsync();
        var events = await EventsAsync();
        var cut = OpenComponent(api);
        await Button(cut, "Correct history").ClickAsync();
        Assert.Equal("Correct history", cut.Find($"#{cut.Find("dialog").GetAttribute("aria-labelledby")}").TextContent);
        await cut.Find("dialog form").SubmitAsync();
        Assert.Equal("Enter from when, as date and time.", ErrorOf(cut, "From"));
        Assert.Equal("Enter until when, as date and time.", ErrorOf(cut, "Until"));

        Type(cut, "From", "2026-01-13T22:00");
        Type(cut, "Until", "2026-01-14T13:00");
        await Field(cut, "Status", "dialog").ChangeAsync(nameof(ComponentStatus.MajorOutage));
        await cut.Find("dialog form").SubmitAsync();
        Assert.Contains("not in the future", ErrorOf(cut, "Until"), StringComparison.Ordinal);
        Type(cut, "Until", "2026-01-14T01:00");
        await cut.Find("dialog form").SubmitAsync();

        Assert.Empty(cut.FindAll("dialog form"));
        await ShownAsync(cut, () => Assert.Equal(
            [
                "Operational since 14 Jan 2026, 01:00 · 11 h", "Major outage Corrected from 13 Jan 2026, 22:00 to 14 Jan 2026, 01:00 · 3 h",
                "Operational from 4 Jan 2026, 12:00 to 13 Jan 2026, 22:00 · 9 d 10 h",
            ],
            Changes(cut)));
        Assert.Contains("98.75 % uptime; major outage on 2 days; corrected on 2 days", Sentence(cut), StringComparison.Ordinal);
        Assert.Equal("13 Jan 2026: Major outage, down for 2 h 0 min (corrected)", Day(cut, "2026-01-13"));
        Assert.Equal("12 Jan 2026: Operational", Day(cut, "2026-01-12"));
        Assert.Equal(2, cut.FindAll(".mark").Count);
        Assert.Equal(events, await EventsAsync());
        Assert.Equal(ComponentStatus.Operational, (await Get<StatusPageQueries>().ComponentAsync(api, Stop))!.Status);
    }

    [Fact]
    public async Task A_correction_is_no_conflict_for_what_is_typed_in_the_components_form()
    {
        var api = await AddOldComponentAsync();
        var cut = OpenComponent(api);
        Type(cut, "Description", "Mine");
        await Button(cut, "Correct history").ClickAsync();
        Type(cut, "From", "2026-01-13T10:00");
        Type(cut, "Until", "2026-01-13T11:00");
        await cut.Find("dialog form").SubmitAsync();
        Assert.Equal("Mine", Value(cut, "Description"));

        await cut.Find("form").SubmitAsync();
        Assert.Equal("Mine", (await Get<StatusPageQueries>().ComponentAsync(api, Stop))!.Description);
    }

    [Fact]
    public async Task What_was_typed_and_discarded_is_gone()
    {
        var cut = OpenComponent(await AddOldComponentAsync());
        await Button(cut, "Correct history").ClickAsync();
        Type(cut, "From", "2026-01-13T10:00");
        Assert.NotEmpty(cut.FindAll("[data-unsaved]"));
        Get<ATStatus.Admin.Components.Shared.ConfirmService>().Asked += question => question.Answer.SetResult(true);
        await cut.Find("dialog").TriggerEventAsync("onclose", EventArgs.Empty);

        cut.WaitForAssertion(() => Assert.Empty(cut.FindAll("[data-unsaved]")));
        await Button(cut, "Correct history").ClickAsync();
        Assert.Equal("", Value(cut, "From"));
    }

    private static DateTime At(int hour) => new(2026, 1, 14, hour, 0, 0, DateTimeKind.Utc);

    private static List<string> Changes(IRenderedComponent<ComponentForm> cut) =>
        [.. cut.FindAll(".changes li").Select(li => string.Join(' ', li.Children.Select(part => part.TextContent.Trim())))];

    private static string Sentence(IRenderedComponent<ComponentForm> cut) => cut.Find("svg.bars").GetAttribute("aria-label")!;

    private static string Day(IRenderedComponent<ComponentForm> cut, string day) => cut.Find($"rect[data-day='{day}'] title").TextContent;

    private IRenderedComponent<ComponentForm> OpenComponent(int id)
    {
        var cut = Open<ComponentForm>(p => p.Add(page => page.Id, id));
        cut.WaitForElement("svg.bars");
        return cut;
    }

    private async Task<int> AddOldComponentAsync()
    {
        var now = Clock.GetUtcNow();
        Clock.AdjustTime(now.AddDays(-10));
        var id = await AddComponentAsync(await AddPageAsync(), "API");
        Clock.AdjustTime(now);
        return id;
    }

    private async Task<int> EventsAsync()
    {
        await using var db = await DbAsync();
        return await db.Events.CountAsync(Stop);
    }

    private async Task ShownAsync(IRenderedComponent<ComponentForm> cut, Action assertion)
    {
        await cut.InvokeAsync(() => { });
        Clock.Advance(LiveRefresh.Gather);
        cut.WaitForAssertion(assertion);
    }
}
