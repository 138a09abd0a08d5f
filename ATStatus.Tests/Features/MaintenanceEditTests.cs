using AngleSharp.Dom;
using ATStatus.Admin.Features.Maintenance;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

/// <summary>The dialog that changes a window, and what of a series it changes.</summary>
public sealed class MaintenanceEditTests : MaintenanceFeatureTest
{
    [Fact]
    public async Task Reminder_and_start_are_changed_and_shown()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(20));
        var cut = OpenEdit(id);
        Assert.Equal(
            ["No reminder", "15 minutes", "1 hour", "3 hours", "1 day", "3 days", "7 days"],
            Field(cut, "Remind before").QuerySelectorAll("option").Select(option => option.TextContent));
        Assert.True(Field(cut, "Start automatically").HasAttribute("checked"));

        await Field(cut, "Remind before").ChangeAsync("1.00:00:00");
        Assert.Equal("It starts in less than 1 day, so no reminder is sent.", cut.Find("#RemindBefore-warning").TextContent.Trim());
        await Field(cut, "Remind before").ChangeAsync("03:00:00");
        Assert.Empty(cut.FindAll("#RemindBefore-warning"));
        await Field(cut, "Start automatically").ChangeAsync(false);
        Assert.Contains("Someone must start this maintenance", cut.Find("#StartsAutomatically-help").TextContent, StringComparison.Ordinal);
        await SaveAsync(cut);

        var row = await RowAsync(id);
        Assert.Equal((TimeSpan.FromHours(3), false), (row.RemindBefore, row.StartsAutomatically));
        Assert.Contains("3 hours before the start", cut.Find("dl").TextContent, StringComparison.Ordinal);
        Assert.Contains("By hand", cut.Find("dl").TextContent, StringComparison.Ordinal);
        Assert.Equal(EventType.MaintenanceScheduled, await LastEventAsync(id));
    }

    [Fact]
    public async Task A_change_is_saved_and_a_bad_one_told_and_kept()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1));
        var cut = OpenEdit(id);
        Assert.Equal(("2026-01-14T14:00", "2026-01-14T16:00"), (Value(cut, "Starts"), Value(cut, "Ends")));

        Type(cut, "Title", "Other");
        Type(cut, "Ends", "2026-01-14T13:30");
        await SaveAsync(cut);
        Assert.Equal("The end must be after the start.", ErrorOf(cut, "Ends"));
        Assert.Equal("Other", Value(cut, "Title"));

        Type(cut, "Ends", "2026-01-14T17:00");
        await SaveAsync(cut);
        var row = await RowAsync(id);
        Assert.Equal(("Other", new DateTime(2026, 1, 14, 16, 0, 0, DateTimeKind.Utc)), (row.Title, row.End));
        Assert.Equal("Other", cut.Find("h1").TextContent);
    }

    [Fact]
    public async Task A_change_of_an_older_state_is_refused_and_stays_typed()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1));
        var cut = OpenEdit(id);
        Type(cut, "Title", "Mine");
        await Service.RescheduleAsync(id, (await RowAsync(id)).Version, Input("Theirs", Now.AddHours(1)), Stop);

        await SaveAsync(cut);
        Assert.Contains("Someone else changed this maintenance", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        Assert.Equal("Mine", Value(cut, "Title"));
        await Button(cut, "Reload").ClickAsync();

        Assert.Equal("Mine", Value(cut, "Title"));
        Assert.Contains("“Theirs”", cut.Find("#Title-warning").TextContent, StringComparison.Ordinal);
        await SaveAsync(cut);
        Assert.Equal("Mine", (await RowAsync(id)).Title);
    }

    [Fact]
    public async Task The_page_follows_the_clock_and_loses_nothing_typed()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1));
        var cut = OpenEdit(id);
        Type(cut, "Title", "Half typ");
        Clock.Advance(TimeSpan.FromHours(1));
        Assert.True(await Service.TickAsync(id, new EventSequence(), Stop));

        Clock.Advance(TimeSpan.FromSeconds(5));

        cut.WaitForAssertion(() => Assert.Contains("Complete", Names(cut)));
        Assert.DoesNotContain("Save", Names(cut));
        Assert.Equal("Half typ", Value(cut, "Title"));
        Assert.Contains("Too late to edit", cut.Find("[role=alert]").TextContent, StringComparison.Ordinal);
        var questions = Answer(true);
        await cut.Find(".form-dialog").TriggerEventAsync("onclose", EventArgs.Empty);
        Assert.Equal(["Close without saving?"], questions);
        Assert.Empty(cut.FindAll("#Title"));
    }

    [Fact]
    public async Task Of_a_series_this_one_or_all_following_are_changed()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1), rule: "0 14 * * *");
        var cut = OpenEdit(id);
        Assert.Equal(["This one", "This and all following"], cut.FindAll("#AllFollowing label").Select(label => label.TextContent.Trim()));
        Assert.Contains("Changes apply to this occurrence only.", cut.Find("#AllFollowing-help").TextContent, StringComparison.Ordinal);
        Type(cut, "Title", "Once");
        await SaveAsync(cut);
        await SeriesAsync("Upgrade");

        Button(cut, "Edit").Click();
        await cut.Find("#AllFollowing input[value=True]").ClickAsync();
        Assert.Contains("Windows planned from now on", cut.Find("#AllFollowing-help").TextContent, StringComparison.Ordinal);
        Type(cut, "Title", "Patches");
        await SaveAsync(cut);
        Assert.Equal("Patches", (await RowAsync(id)).Title);
        await SeriesAsync("Patches");
        // The next change begins with this one alone again.
        Button(cut, "Edit").Click();
        Assert.True(cut.Find("#AllFollowing input[value=False]").HasAttribute("checked"));

        Assert.Empty(OpenPage(await AddAsync("Single", Now.AddHours(1))).FindAll("#AllFollowing"));

        async Task SeriesAsync(string title)
        {
            await using var db = await DbAsync();
            Assert.Equal(title, Assert.Single(await db.MaintenanceSeries.ToListAsync(Stop)).Title);
        }
    }

    [Fact]
    public async Task A_series_can_be_kept_from_notifying_which_is_shown_and_ended()
    {
        var id = await AddAsync("Upgrade", Now.AddHours(1), rule: "0 14 * * *");
        var cut = OpenEdit(id);
        Assert.Empty(cut.FindAll("#EditDoNotNotify"));
        await DoNotNotify(cut).ChangeAsync(true);
        Assert.Equal(["This change", "Every window of the series"], cut.FindAll("#EditDoNotNotify label").Select(label => label.TextContent.Trim()));
        await cut.Find("#EditDoNotNotify input[value=True]").ClickAsync();
        Type(cut, "Title", "Patches");
        await SaveAsync(cut);

        Assert.True((await RowAsync(id)).SeriesDoesNotNotify);
        Assert.Contains("Not sent for any window of this series", cut.Find("dl").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(cut.FindAll("label"), label => label.TextContent.Trim() == "Do not notify");
        Assert.Contains("Does not notify", Open<MaintenanceList>().Find("tbody tr").TextContent, StringComparison.Ordinal);

        var questions = Answer(true);
        await Button(cut, "Send notifications again").ClickAsync();
        Assert.Equal(["Send notifications again?"], questions);
        Assert.False((await RowAsync(id)).SeriesDoesNotNotify);
        Assert.False(Field(cut, "Do not notify").HasAttribute("checked"));
        Assert.DoesNotContain("Does not notify", Open<MaintenanceList>().Find("tbody tr").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_window_without_a_series_asks_not_how_long_nobody_is_notified()
    {
        var cut = OpenPage(await AddAsync("Upgrade", Now.AddHours(1)));
        await Field(cut, "Do not notify").ChangeAsync(true);
        Assert.Empty(cut.FindAll("#DoNotNotifySeries"));
    }

    [Fact]
    public async Task What_would_run_over_the_next_window_of_a_series_is_refused_beside_the_field()
    {
        var running = await AddAsync("Upgrade", Now.AddHours(-1), rule: "0 12 * * *");
        var cut = OpenPage(running);
        Type(cut, "Ends", "2026-01-15T12:01");
        await cut.Find("form").SubmitAsync();
        Assert.StartsWith("The next window of this series starts on 15 January 2026, 12:00 (Europe/Berlin)", ErrorOf(cut, "Ends"), StringComparison.Ordinal);
        Assert.Equal("2026-01-15T12:01", Value(cut, "Ends"));

        var next = (await Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.CurrentAndUpcoming, cancellationToken: Stop)).Single(w => w.Id != running).Id;
        cut = OpenEdit(next);
        Type(cut, "Ends", "2026-01-16T12:01");
        await SaveAsync(cut);
        Assert.StartsWith("The next window of this series starts on 16 January 2026, 12:00", ErrorOf(cut, "Ends"), StringComparison.Ordinal);
        Answer(true);
        await Button(cut, "Start now").ClickAsync();
        Assert.Contains("two cannot run at once", cut.FindAll("[role=alert]")[^1].TextContent, StringComparison.Ordinal);
        Assert.Equal(MaintenanceStatus.Scheduled, (await RowAsync(next)).Status);
    }

    private IRenderedComponent<MaintenancePage> OpenEdit(int id)
    {
        var cut = OpenPage(id);
        Button(cut, "Edit").Click();
        return cut;
    }

    // The page has one of the same name, for its steps.
    private static IElement DoNotNotify(IRenderedComponent<MaintenancePage> cut) =>
        cut.FindAll(".form-dialog [role=switch]").Single(input => input.GetAttribute("id") != nameof(MaintenanceInput.StartsAutomatically));

    private static Task SaveAsync(IRenderedComponent<MaintenancePage> cut) => cut.Find(".form-dialog form").SubmitAsync();
}
