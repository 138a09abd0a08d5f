using ATStatus.Admin.Features.Maintenance;
using ATStatus.Admin.Features.Overview;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Features;

/// <summary>List, page and summary. The clock stands at 2026-01-14 12:00 UTC, 13:00 in Berlin.</summary>
public sealed class MaintenancePageTests : MaintenanceFeatureTest
{
    [Fact]
    public async Task The_list_shows_running_ones_first_and_past_ones_by_the_address()
    {
        await AddAsync("Later", Now.AddHours(5), rule: "0 2 * * *");
        await AddAsync("Running", Now.AddHours(-1));
        var over = await AddAsync("Over", Now.AddHours(3));
        await Service.CancelAsync(over, (await RowAsync(over)).Version, Stop);

        Get<NavigationManager>().NavigateTo("admin/maintenance");
        var cut = Open<MaintenanceList>();
        Assert.Equal(["Running", "Later"], cut.FindAll("tbody th a").Select(a => a.TextContent));
        Assert.Contains("In progress", cut.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Recurs", cut.FindAll("tbody tr")[1].TextContent, StringComparison.Ordinal);
        Assert.Equal("Current and upcoming", cut.Find("[aria-current]").TextContent);
        Assert.Equal("BUTTON", Button(cut, "Schedule Maintenance").NodeName);

        Get<NavigationManager>().NavigateTo("admin/maintenance?show=past");
        cut.WaitForAssertion(() => Assert.Equal(["Over"], cut.FindAll("tbody th a").Select(a => a.TextContent)));
        Assert.Equal("Past", cut.Find("[aria-current]").TextContent);
    }

    [Fact]
    public async Task Buttons_stand_only_where_they_are_allowed()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1), rule: "0 2 * * *");
        var questions = Answer(true);
        var cut = OpenPage(id);
        Assert.Equal(["Edit", "Post update", "Start now", "Cancel", "End the series"], Names(cut));

        await Button(cut, "End the series").ClickAsync();
        Wait(cut);
        Assert.Equal(["Edit", "Post update", "Start now", "Cancel"], Names(cut));
        await Button(cut, "Start now").ClickAsync();
        Wait(cut);
        Assert.Equal(["Change end time", "Post update", "Complete"], Names(cut));
        await Button(cut, "Complete").ClickAsync();

        Assert.Empty(Names(cut));
        Assert.Equal(MaintenanceStatus.Completed, (await RowAsync(id)).Status);
        Assert.Equal(["End the series?", "Start this maintenance now?", "Complete this maintenance now?"], questions);
    }

    [Fact]
    public async Task The_list_starts_completes_and_cancels_each_after_a_question()
    {
        var upgrade = await AddAsync("Upgrade", Now.AddHours(1));
        var questions = Answer(true);
        var cut = Open<MaintenanceList>();
        Assert.Equal(["Start now", "Cancel"], Steps());

        await Button(cut, "Start now").ClickAsync();
        Assert.Equal(["Complete"], Steps());
        Assert.Equal("Upgrade", cut.Find($"#{Button(cut, "Complete").GetAttribute("aria-describedby")}").TextContent);
        await Button(cut, "Complete").ClickAsync();
        Assert.Empty(Steps());
        Assert.Equal(MaintenanceStatus.Completed, (await RowAsync(upgrade)).Status);

        var move = await AddAsync("Move", Now.AddHours(1));
        Clock.Advance(TimeSpan.FromSeconds(5));
        cut.WaitForAssertion(() => Assert.Equal(["Start now", "Cancel"], Steps()));
        await Button(cut, "Cancel").ClickAsync();
        Assert.Equal("Cancel “Move”?", cut.Find("dialog h2").TextContent);
        await Button(cut, "Cancel and notify").ClickAsync();
        Assert.Empty(Steps());
        Assert.Equal(MaintenanceStatus.Cancelled, (await RowAsync(move)).Status);
        Assert.Equal(["Start “Upgrade” now?", "Complete “Upgrade” now?"], questions);

        IEnumerable<string> Steps() => cut.FindAll("td.actions button").Select(button => button.TextContent.Trim());
    }

    [Fact]
    public async Task A_step_in_the_list_from_an_older_state_is_refused_and_the_newer_one_shown()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1));
        Answer(true);
        var cut = Open<MaintenanceList>();
        await Service.StartNowAsync(id, (await RowAsync(id)).Version, cancellationToken: Stop);

        await Button(cut, "Start now").ClickAsync();

        Assert.Equal("Complete", Assert.Single(cut.FindAll("td.actions button")).TextContent.Trim());
        Assert.Equal(MaintenanceStatus.InProgress, (await RowAsync(id)).Status);
        Assert.Contains("Someone else changed this maintenance", Assert.Single(Get<MudBlazor.ISnackbar>().ShownSnackbars).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Cancel_asks_first_and_its_last_button_does_it()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1), rule: "0 14 * * *");
        var cut = OpenPage(id);
        await Button(cut, "Cancel").ClickAsync();
        Assert.Equal(MaintenanceStatus.Scheduled, (await RowAsync(id)).Status);
        Assert.Equal("Cancel this maintenance?", cut.Find("dialog h2").TextContent);
        Assert.Contains("the next one of its series is planned", cut.Find("dialog form p").TextContent, StringComparison.Ordinal);
        Assert.Equal(["Keep it", "Cancel without notifying", "Cancel and notify"], cut.FindAll("dialog button").Select(button => button.TextContent.Trim()));

        await Button(cut, "Keep it").ClickAsync();
        await cut.FindAll("dialog.form-dialog")[^1].TriggerEventAsync("onclose", EventArgs.Empty);
        Assert.Empty(cut.FindAll("dialog form"));
        Assert.Equal(MaintenanceStatus.Scheduled, (await RowAsync(id)).Status);

        await Button(cut, "Cancel").ClickAsync();
        await cut.Find("#Note").InputAsync(new string('x', 10_001));
        await cut.Find("dialog form").SubmitAsync();
        Assert.Equal("Message can have at most 10000 characters; this has 10001.", ErrorOf(cut, "Note"));
        await cut.Find("#Note").InputAsync("Next month instead.");
        await cut.Find("dialog form").SubmitAsync();
        Assert.Equal(MaintenanceStatus.Cancelled, (await RowAsync(id)).Status);
        Assert.Equal(["End the series"], Names(cut));
        Assert.Contains("Next month instead.", cut.Find("ol.updates li").TextContent, StringComparison.Ordinal);
        Assert.Contains("Cancelled", cut.Find("ol.updates li").TextContent, StringComparison.Ordinal);
        Assert.Equal(EventType.MaintenanceUpdated, await LastEventAsync(id));
    }

    [Fact]
    public async Task Cancelled_without_notifying_nothing_is_raised()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1));
        var cut = OpenPage(id);
        await Button(cut, "Cancel").ClickAsync();
        await Button(cut, "Cancel without notifying").ClickAsync();

        Assert.Equal(MaintenanceStatus.Cancelled, (await RowAsync(id)).Status);
        Assert.Equal(EventType.MaintenanceScheduled, await LastEventAsync(id));
        Assert.Empty(cut.FindAll("ol.updates"));
    }

    [Fact]
    public async Task What_the_cancel_dialog_meets_is_told_in_it_and_what_was_typed_stays()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1));
        var cut = OpenPage(id);
        await Button(cut, "Cancel").ClickAsync();
        await cut.Find("#Note").InputAsync("Called off.");
        await Service.PostUpdateAsync(id, new MaintenanceUpdateInput("Theirs."), new Actor("bea@example.com"), Stop);

        await Button(cut, "Cancel without notifying").ClickAsync();
        Assert.Contains("Someone else changed this maintenance", cut.Find("dialog [role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Reload").ClickAsync();
        Assert.Equal("Called off.", cut.Find("#Note").GetAttribute("value"));
        await Button(cut, "Cancel without notifying").ClickAsync();
        Assert.Equal(MaintenanceStatus.Cancelled, (await RowAsync(id)).Status);
        Assert.Equal(["Called off.", "Theirs."], cut.FindAll("ol.updates .message").Select(message => message.TextContent));
    }

    [Fact]
    public async Task An_update_is_posted_and_shown_on_the_timeline_and_a_bad_one_told_beside_the_field()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(-1));
        var cut = OpenPage(id);
        var panel = cut.Find("section[aria-labelledby=update-heading]");
        Assert.Equal("New update", panel.QuerySelector("h2")!.TextContent);
        await panel.QuerySelector("form")!.SubmitAsync();
        Assert.Equal("Message is required.", ErrorOf(cut, "Text"));

        await cut.Find("#Text").InputAsync("Half of it is done.");
        await cut.Find("section[aria-labelledby=update-heading] form").SubmitAsync();

        var entry = Assert.Single(cut.FindAll("ol.updates li"));
        Assert.Contains("Half of it is done.", entry.TextContent, StringComparison.Ordinal);
        Assert.Contains(Me, entry.TextContent, StringComparison.Ordinal);
        Assert.Contains("In progress", entry.TextContent, StringComparison.Ordinal);
        Assert.Equal("", cut.Find("#Text").GetAttribute("value") ?? "");
        Assert.Equal(EventType.MaintenanceUpdated, await LastEventAsync(id));
        // The page knows what it wrote: the next save is no conflict.
        Type(cut, "Ends", "2026-01-14T20:00");
        await cut.Find("form").SubmitAsync();
        Assert.Equal(new DateTime(2026, 1, 14, 19, 0, 0, DateTimeKind.Utc), (await RowAsync(id)).End);
    }

    [Fact]
    public async Task What_somebody_else_posts_is_shown_and_what_is_over_takes_no_update()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(-1));
        var cut = OpenPage(id);
        await Service.PostUpdateAsync(id, new MaintenanceUpdateInput("Theirs."), new Actor("bea@example.com"), Stop);
        Clock.Advance(TimeSpan.FromSeconds(5));
        cut.WaitForAssertion(() => Assert.Contains("Theirs.", cut.Find("ol.updates li").TextContent, StringComparison.Ordinal));

        await cut.Find("#Text").InputAsync("Mine, too late.");
        await Service.CompleteNowAsync(id, (await RowAsync(id)).Version, cancellationToken: Stop);
        Clock.Advance(TimeSpan.FromSeconds(5));
        cut.WaitForAssertion(() => Assert.DoesNotContain("Complete", Names(cut)));
        await cut.Find("section[aria-labelledby=update-heading] form").SubmitAsync();
        Assert.Contains("no update can be posted any more", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Mine, too late.", cut.Find("#Text").GetAttribute("value"));
    }

    [Fact]
    public async Task A_window_that_waits_to_be_started_is_shown_so_on_the_overview_the_list_and_its_page()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1), startsAutomatically: false);
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.False(await Service.TickAsync(id, new EventSequence(), Stop));

        var summary = Render<MaintenanceSummary>();
        summary.WaitForAssertion(() => Assert.Contains("waiting to be started", summary.Find("li").TextContent, StringComparison.Ordinal));
        Assert.Contains("Waiting to be started", Open<MaintenanceList>().Find("tbody tr").TextContent, StringComparison.Ordinal);
        Assert.Contains("Waiting to be started by hand", OpenPage(id).Find("dl").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_extension_of_an_older_state_is_refused_and_stays_typed()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(-1));
        var cut = OpenPage(id);
        Type(cut, "Ends", "2026-01-14T20:00");
        await Service.ExtendAsync(id, (await RowAsync(id)).Version, new DateTime(2026, 1, 14, 18, 0, 0), cancellationToken: Stop);

        await cut.Find("form").SubmitAsync();
        Assert.Contains("Someone else changed this maintenance", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Reload").ClickAsync();

        Assert.Equal("2026-01-14T20:00", Value(cut, "Ends"));
        // On the page's clock, like the field; UTC on hover.
        var theirs = cut.Find("#Ends-warning time");
        Assert.Equal("14 Jan 2026, 18:00", theirs.TextContent);
        Assert.Contains("2026-01-14T17:00:00Z", theirs.GetAttribute("title"), StringComparison.Ordinal);
        await cut.Find("form").SubmitAsync();
        Assert.Equal(new DateTime(2026, 1, 14, 19, 0, 0, DateTimeKind.Utc), (await RowAsync(id)).End);
    }

    [Fact]
    public async Task A_step_from_an_older_state_is_refused_with_a_way_on()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1));
        Answer(true);
        var cut = OpenPage(id);
        await Service.CancelAsync(id, (await RowAsync(id)).Version, Stop);

        await Button(cut, "Start now").ClickAsync();
        Assert.Contains("Not saved", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        await Button(cut, "Reload").ClickAsync();

        Assert.Empty(cut.FindAll("[role=alert]"));
        Assert.Empty(Names(cut));
    }

    [Fact]
    public async Task Running_maintenance_can_be_extended()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(-1));
        var cut = OpenPage(id);

        Type(cut, "Ends", "2026-01-14T12:59");
        await cut.Find("form").SubmitAsync();
        Assert.Equal("The end is in the past.", ErrorOf(cut, "Ends"));
        Assert.Equal("2026-01-14T12:59", Value(cut, "Ends"));

        Type(cut, "Ends", "2026-01-14T20:00");
        await cut.Find("form").SubmitAsync();
        Assert.Equal(new DateTime(2026, 1, 14, 19, 0, 0, DateTimeKind.Utc), (await RowAsync(id)).End);
        Assert.Null(ErrorOf(cut, "Ends"));
    }

    [Fact]
    public async Task A_series_shows_the_zone_it_is_computed_in_also_where_the_page_has_another_by_now()
    {
        var id = await AddAsync("Upgrade", new DateTime(2026, 1, 31, 2, 0, 0), rule: "0 2 31 * *");
        await Get<StatusPageService>().UpdateAsync(PageId, 0, new StatusPageInput("Main Status", "main", TimeZone: "America/New_York"), Stop);

        var recurs = OpenPage(id).Find("dl").TextContent;
        Assert.Contains("Time zone: Europe/Berlin.", recurs, StringComparison.Ordinal);
        Assert.Contains("Where a month has no day 31, it is skipped.", recurs, StringComparison.Ordinal);
        Assert.Contains(", Europe/Berlin", Open<MaintenanceList>().Find("tbody tr").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_overview_links_running_and_next_maintenance()
    {
        await AddAsync("Next", Now.AddHours(2));
        var id = await AddAsync("Running", Now.AddHours(-1));

        var cut = Render<MaintenanceSummary>();

        cut.WaitForAssertion(() => Assert.Equal(["Running", "Next"], cut.FindAll("li a").Select(a => a.TextContent)));
        Assert.Equal($"admin/maintenance/{id}", cut.Find("li a").GetAttribute("href"));
    }
}
