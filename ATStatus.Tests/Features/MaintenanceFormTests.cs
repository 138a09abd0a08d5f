using System.Globalization;
using ATStatus.Admin.Features.Maintenance;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

/// <summary>Scheduling. The clock stands at 2026-01-14 12:00 UTC, 13:00 in Berlin; the viewer's zone is UTC.</summary>
public sealed class MaintenanceFormTests : FeatureTest
{
    [Fact]
    public async Task Schedules_on_the_pages_clock_with_the_page_chosen_already()
    {
        var page = await AddBerlinAsync();
        var api = await AddComponentAsync(page, "API");
        var cut = Open<MaintenanceForm>();

        Assert.Equal($"{page}", Value(cut, "Status page"));
        Fill(cut, "2026-01-20T02:00", "2026-01-20T04:00");
        Assert.Contains("Europe/Berlin", HelpOf(cut, "Starts"), StringComparison.Ordinal);
        Assert.Contains("For you (UTC): 20 Jan 2026, 01:00", HelpOf(cut, "Starts"), StringComparison.Ordinal);
        await cut.Find("#ComponentIds input").ChangeAsync(true);
        await Field(cut, "Remind before").ChangeAsync("1.00:00:00");
        await Field(cut, "Start automatically").ChangeAsync(false);
        await cut.Find("form").SubmitAsync();

        var row = Assert.Single(await ListAsync());
        Assert.Equal((TimeSpan.FromDays(1), false), (row.RemindBefore, row.StartsAutomatically));
        Assert.Equal((Utc("2026-01-20T01:00"), Utc("2026-01-20T03:00"), MaintenanceStatus.Scheduled), (row.Start, row.End, row.Status));
        Assert.Equal([api], row.ComponentIds);
        Assert.Null(row.SeriesId);
        Assert.Equal($"admin/maintenance/{row.Id}", Address);
    }

    [Theory]
    [InlineData("Title", "Title", "Title is required.")]
    [InlineData("Message", "Message", "Message is required.")]
    [InlineData("Starts", "Starts", "Enter the start as date and time.")]
    [InlineData("Ends", "Ends", "Enter the end as date and time.")]
    public async Task What_is_missing_is_told_beside_the_field_and_the_rest_kept(string label, string id, string message)
    {
        await AddBerlinAsync();
        var cut = Open<MaintenanceForm>();
        Fill(cut, "2026-01-20T02:00", "2026-01-20T04:00");
        Type(cut, label, "");

        await cut.Find("form").SubmitAsync();

        Assert.Equal(message, ErrorOf(cut, id));
        Assert.Equal(label == "Title" ? "" : "Database upgrade", Value(cut, "Title"));
        Assert.Equal(label == "Message" ? "" : "Short stops.", Value(cut, "Message"));
        Assert.Equal(label == "Starts" ? "" : "2026-01-20T02:00", Value(cut, "Starts"));
        Assert.Equal(label == "Ends" ? "" : "2026-01-20T04:00", Value(cut, "Ends"));
        await NothingSavedAsync();
    }

    [Theory]
    [InlineData("2026-01-20T04:00", "2026-01-20T02:00", "Ends", "The end must be after the start.")]
    [InlineData("2026-01-14T10:00", "2026-01-14T12:59", "Ends", "The end is in the past.")]
    [InlineData("2026-03-29T02:30", "2026-03-29T05:00", "Starts", "02:30 does not exist on 29 March 2026 in Europe/Berlin: the clocks go forward. The next time that exists is 03:00.")]
    [InlineData("2026-03-29T01:30", "2026-03-29T02:15", "Ends", "02:15 does not exist on 29 March 2026 in Europe/Berlin: the clocks go forward. The next time that exists is 03:00.")]
    [InlineData("2026-10-25T02:30", "2026-10-25T05:00", "Starts", "02:30 happens twice on 25 October 2026 in Europe/Berlin: the clocks go back. Choose the earlier or the later.")]
    public async Task A_time_that_cannot_be_is_told_and_kept(string starts, string ends, string id, string message)
    {
        await AddBerlinAsync();
        var cut = Open<MaintenanceForm>();
        Fill(cut, starts, ends);

        await cut.Find("form").SubmitAsync();

        Assert.Equal(message, ErrorOf(cut, id));
        Assert.Equal((starts, ends), (Value(cut, "Starts"), Value(cut, "Ends")));
        await NothingSavedAsync();
    }

    [Theory]
    [InlineData("Earlier", "2026-10-25T00:30")]
    [InlineData("Later", "2026-10-25T01:30")]
    public async Task Where_the_clocks_go_back_one_of_two_is_chosen(string which, string utc)
    {
        await AddBerlinAsync();
        var cut = Open<MaintenanceForm>();
        Assert.Empty(cut.FindAll("input[type=radio]"));
        Fill(cut, "2026-10-25T02:30", "2026-10-25T05:00");
        Assert.Contains("happens twice", cut.Find("#Starts-warning").TextContent, StringComparison.Ordinal);

        await cut.Find($"#StartsAmbiguous input[value={which}]").ClickAsync();
        Assert.Empty(cut.FindAll("#Starts-warning"));
        await cut.Find("form").SubmitAsync();

        Assert.Equal(Utc(utc), Assert.Single(await ListAsync()).Start);
    }

    [Fact]
    public async Task An_archived_page_is_not_offered()
    {
        await AddBerlinAsync();
        var old = await AddPageAsync("Old", "old");
        await using (var db = await DbAsync())
            await db.StatusPages.Where(p => p.Id == old).ExecuteUpdateAsync(p => p.SetProperty(x => x.ArchivedAt, Clock.GetUtcNow().UtcDateTime), Stop);

        var cut = Open<MaintenanceForm>();

        Assert.Equal(["Main Status"], cut.FindAll("#StatusPageId option").Select(option => option.TextContent));
    }

    [Theory]
    [InlineData(nameof(Recurrence.Daily), "0 2 * * *", "2026-01-21T01:00")]
    [InlineData(nameof(Recurrence.Weekly), "0 2 * * 2", "2026-01-27T01:00")]
    [InlineData(nameof(Recurrence.Monthly), "0 2 20 * *", "2026-02-20T01:00")]
    [InlineData(nameof(Recurrence.MonthlyLastDay), "0 2 L * *", "2026-01-31T01:00")]
    public async Task A_recurrence_becomes_a_rule_and_its_next_starts_are_shown(string repeats, string rule, string second)
    {
        await AddBerlinAsync();
        var cut = Open<MaintenanceForm>();
        Fill(cut, "2026-01-20T02:00", "2026-01-20T04:00");

        await Field(cut, "Repeats").ChangeAsync(repeats);
        // Each on the page's clock, and on the viewer's.
        var next = cut.FindAll("[aria-label='Next starts'] time");
        Assert.Equal(6, next.Count);
        Assert.EndsWith("02:00", next[0].TextContent, StringComparison.Ordinal);
        Assert.Equal(second + ":00Z", next[0].GetAttribute("datetime"));
        await cut.Find("form").SubmitAsync();

        Assert.Equal(rule, Assert.Single(await ListAsync()).Rule);
    }

    [Theory]
    [InlineData("2026-01-28", "Monthly", null)]
    [InlineData("2026-01-29", "Monthly", "Where a month has no day 29, it is skipped.")]
    [InlineData("2026-01-30", "Monthly", "Where a month has no day 30, it is skipped.")]
    [InlineData("2026-01-31", "Monthly", "Where a month has no day 31, it is skipped.")]
    [InlineData("2026-01-31", "Monthly on the last day", null)]
    public async Task Monthly_on_a_late_day_says_what_short_months_do(string day, string repeats, string? says)
    {
        await AddBerlinAsync();
        var cut = Open<MaintenanceForm>();
        Fill(cut, $"{day}T02:00", $"{day}T04:00");
        var choice = cut.FindAll("#Repeats option").Single(option => option.TextContent == repeats).GetAttribute("value");
        await Field(cut, "Repeats").ChangeAsync(choice);

        Assert.Equal(says is not null, HelpOf(cut, "Repeats").Contains("is skipped", StringComparison.Ordinal));
        Assert.Contains(says ?? "When one starts, the next is planned.", HelpOf(cut, "Repeats"), StringComparison.Ordinal);
        // The zone that the starts are computed in stands above them, whoever looks.
        Assert.Contains("time zone: Europe/Berlin", cut.Find("[aria-label='Next starts']").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "Write the rule, or choose another way to repeat.")]
    [InlineData("every sunday", "This is no cron expression of five fields, like 0 2 * * 0 (Sundays at 02:00).")]
    [InlineData("0 0 2 * * 0", "This is no cron expression of five fields, like 0 2 * * 0 (Sundays at 02:00).")]
    public async Task A_bad_rule_is_told_and_kept(string rule, string message)
    {
        await AddBerlinAsync();
        var cut = Open<MaintenanceForm>();
        Fill(cut, "2026-01-20T02:00", "2026-01-20T04:00");
        await Field(cut, "Repeats").ChangeAsync(nameof(Recurrence.Custom));
        Type(cut, "Cron rule", rule);

        await cut.Find("form").SubmitAsync();

        Assert.Equal(message, ErrorOf(cut, "Rule"));
        Assert.Equal(rule, Value(cut, "Cron rule"));
        Assert.Empty(cut.FindAll("[aria-label='Next starts']"));
        await NothingSavedAsync();
    }

    [Fact]
    public async Task A_preview_shows_events_recipients_and_payload_and_writes_nothing()
    {
        await AddBerlinAsync();
        await AddNotificationAsync("Ops channel");
        var cut = Open<MaintenanceForm>();

        await Button(cut, "Preview").ClickAsync();
        Assert.Equal("Title is required.", ErrorOf(cut, "Title"));

        Fill(cut, "2026-01-14T12:00", "2026-01-20T04:00");
        await Button(cut, "Preview").ClickAsync();
        var shown = cut.Find("[aria-label=Preview]").TextContent;
        Assert.All(
            ["maintenance.scheduled", "maintenance.started", "Ops channel", "will be sent", "\"windowStart\""],
            text => Assert.Contains(text, shown, StringComparison.Ordinal));

        await Field(cut, "Do not notify").ChangeAsync(true);
        Assert.Empty(cut.FindAll("[aria-label=Preview]"));
        await Button(cut, "Preview").ClickAsync();
        Assert.Contains("skipped:", cut.Find("[aria-label=Preview]").TextContent, StringComparison.Ordinal);
        await NothingSavedAsync();

        await cut.Find("form").SubmitAsync();
        Assert.Equal(MaintenanceStatus.InProgress, Assert.Single(await ListAsync()).Status);
    }

    [Fact]
    public async Task A_series_can_be_scheduled_to_notify_for_none_of_its_windows()
    {
        await AddBerlinAsync();
        var cut = Open<MaintenanceForm>();
        Fill(cut, "2026-01-20T02:00", "2026-01-20T04:00");
        await Field(cut, "Do not notify").ChangeAsync(true);
        Assert.Empty(cut.FindAll("#DoNotNotifySeries"));
        await Field(cut, "Repeats").ChangeAsync(nameof(Recurrence.Daily));
        Assert.True(cut.Find("#DoNotNotifySeries input[value=False]").HasAttribute("checked"));
        await cut.Find("#DoNotNotifySeries input[value=True]").ClickAsync();
        Assert.Contains("Send notifications again", cut.Find("#DoNotNotifySeries-help").TextContent, StringComparison.Ordinal);
        await cut.Find("form").SubmitAsync();
        Assert.True(Assert.Single(await ListAsync()).SeriesDoesNotNotify);
    }

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal);

    private static void Fill(IRenderedComponent<MaintenanceForm> cut, string starts, string ends)
    {
        Type(cut, "Title", "Database upgrade");
        Type(cut, "Message", "Short stops.");
        Type(cut, "Starts", starts);
        Type(cut, "Ends", ends);
    }

    private static string HelpOf(IRenderedComponent<MaintenanceForm> cut, string id) => cut.Find($"#{id}-help").TextContent;

    private Task<int> AddBerlinAsync() =>
        Get<StatusPageService>().CreateAsync(new StatusPageInput("Main Status", "main", TimeZone: "Europe/Berlin"), Stop);

    private Task<IReadOnlyList<MaintenanceRow>> ListAsync() =>
        Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.CurrentAndUpcoming, cancellationToken: Stop);

    private async Task NothingSavedAsync()
    {
        await using var db = await DbAsync();
        Assert.Equal(0, await db.MaintenanceWindows.CountAsync(Stop));
        Assert.Equal(0, await db.Events.CountAsync(Stop));
    }
}
