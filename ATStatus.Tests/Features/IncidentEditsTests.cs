using ATStatus.Admin.Features.Incidents;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using Bunit;

namespace ATStatus.Tests.Features;

/// <summary>What is changed of an incident by Edit stands in its timeline; what a save tells a chat in one message, the preview says so.</summary>
public sealed class IncidentEditsTests : FeatureTest
{
    private static readonly Actor Bea = new("bea@example.com");

    [Fact]
    public async Task Edits_stand_in_the_timeline_by_their_time_and_updates_are_not_edits()
    {
        var id = await AddIncidentAsync(await AddPageAsync(), "API down");
        var began = Clock.GetUtcNow().UtcDateTime;
        Clock.Advance(TimeSpan.FromMinutes(10));
        await EditAsync(id, incident => new("API is <down>", StartedAt: began.AddMinutes(-30)));
        Clock.Advance(TimeSpan.FromMinutes(10));
        await Get<IncidentService>().PostUpdateAsync(id, 1, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), Bea, Stop);
        Clock.Advance(TimeSpan.FromMinutes(10));
        await EditAsync(id, incident => new(incident.Row.Title, incident.Row.StartedAt, EndedAt: began.AddMinutes(5)));

        var cut = Open<IncidentPage>(p => p.Add(page => page.Id, id));

        Assert.Equal(["Edited", "Resolved", "Edited", "Investigating"], cut.FindAll(".timeline > li .pill").Select(pill => pill.TextContent.Trim()));
        var changes = cut.FindAll(".timeline .changes").Select(list => list.TextContent.Trim()).ToList();
        Assert.Matches(@"^Ended: when it was resolved → \d+ Jan 2026, 12:05$", changes[0]);
        Assert.Matches(@"^Title: “API down” → “API is <down>”\s*Started: 14 Jan 2026, 12:00 → 14 Jan 2026, 11:30$", changes[1]);
        Assert.Equal(2, (await Get<IncidentEdits>().ListAsync(id, Stop)).Count);
        Assert.Empty(await Get<IncidentEdits>().ListAsync(id + 1, Stop));
    }

    [Fact]
    public async Task A_preview_says_which_events_a_chat_gets_in_one_message()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API");
        await Get<NotificationService>().CreateAsync(new NotificationInput("slack", "Chat", new("https://hooks.slack.com/services/T0/B0/x"), new(EventTypes.All)), Stop);
        await AddNotificationAsync("Pager");

        var planned = await Get<IncidentService>().PreviewCreateAsync(
            new IncidentInput(page, "Down", IncidentSeverity.Major, IncidentStatus.Investigating, "We are looking.", [new(api, ComponentStatus.MajorOutage)]), Bea, Stop);

        Assert.True(planned.Count > 1);
        Assert.Equal([false, .. Enumerable.Repeat(true, planned.Count - 1)], planned.Select(e => e.Recipients.Single(r => r.Name == "Chat").IsCarried));
        Assert.DoesNotContain(true, planned.Select(e => e.Recipients.Single(r => r.Name == "Pager").IsCarried));
    }

    private async Task EditAsync(int id, Func<IncidentDetail, IncidentEditInput> change)
    {
        var incident = (await Get<IncidentQueries>().FindAsync(id, Stop))!;
        await Get<IncidentService>().EditAsync(id, incident.Version, change(incident), Stop);
    }
}
