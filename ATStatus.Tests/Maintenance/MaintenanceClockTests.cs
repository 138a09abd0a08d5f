using System.Text;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Maintenance;

/// <summary>Windows that start and complete by the clock, on a fake one.</summary>
public sealed class MaintenanceClockTests : IAsyncLifetime
{
    private CoreApp _app = null!;
    private StatusPage _page = null!;
    private long _seen;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(more: services => services.AddSingleton<MaintenanceClock>());
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task On_time_it_starts_and_completes_with_the_planned_times()
    {
        await ScheduleAsync(_app.Now.AddHours(1), _app.Now.AddHours(2));
        Assert.Equal(["maintenance.scheduled 13:00 14:00"], await RaisedAsync());
        await TickAsync(TimeSpan.FromMinutes(59));
        Assert.Empty(await RaisedAsync());
        await TickAsync(TimeSpan.FromSeconds(62));
        Assert.Equal(["maintenance.started 13:00 14:00", "component.status_changed operational maintenance"], await RaisedAsync());
        await TickAsync(TimeSpan.FromHours(1));
        Assert.Equal(["maintenance.completed 13:00 14:00", "component.status_changed maintenance operational"], await RaisedAsync());
        await TickAsync(TimeSpan.FromHours(1));
        Assert.Empty(await RaisedAsync());
    }

    [Fact]
    public async Task A_window_that_passed_while_the_console_was_down_is_told_late_and_once()
    {
        await ScheduleAsync(_app.Now.AddHours(1), _app.Now.AddHours(2));
        await RaisedAsync();
        await TickAsync(TimeSpan.FromHours(9));
        Assert.Equal(
            [
                "maintenance.started 13:00 14:00", "component.status_changed operational maintenance",
                // It ended when it was noticed: until then the components were in maintenance.
                "maintenance.completed 13:00 21:00", "component.status_changed maintenance operational",
            ],
            await RaisedAsync());
        await TickAsync(TimeSpan.Zero);
        Assert.Empty(await RaisedAsync());
    }

    [Fact]
    public async Task Hand_and_clock_at_once_start_it_once()
    {
        var id = await ScheduleAsync(_app.Now.AddMinutes(1), _app.Now.AddHours(2));
        await RaisedAsync();
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(async i =>
        {
            try
            {
                if (i % 2 == 0)
                    await _app.Get<MaintenanceClock>().TickAsync(CancellationToken.None);
                else
                    await _app.Get<MaintenanceService>().StartNowAsync(id, 0);
            }
            catch (ProblemException)
            {
                // Somebody was quicker: refused, and nothing done.
            }
        }));
        Assert.Equal(2, (await RaisedAsync()).Count);
    }

    [Fact]
    public async Task A_crash_between_the_change_and_its_event_leaves_neither_and_the_next_look_does_both_once()
    {
        var id = await ScheduleAsync(_app.Now.AddMinutes(1), _app.Now.AddHours(2));
        await RaisedAsync();
        _app.Time.Advance(TimeSpan.FromMinutes(1));
        // Stands for a process that dies after the window was changed and before its event is written.
        await ExecuteAsync("CREATE TRIGGER Dies BEFORE INSERT ON Events BEGIN SELECT RAISE(ABORT, 'The process dies.'); END");
        await Assert.ThrowsAsync<SqliteException>(() => _app.Get<MaintenanceClock>().TickAsync(CancellationToken.None));
        await ExecuteAsync("DROP TRIGGER Dies");
        Assert.Empty(await RaisedAsync());
        Assert.Equal(MaintenanceStatus.Scheduled, (await _app.Get<MaintenanceQueries>().FindAsync(id))!.Status);
        Assert.All(await _app.Get<StatusPageQueries>().ComponentsAsync(), c => Assert.Equal(ComponentStatus.Operational, c.Status));

        await TickAsync(TimeSpan.FromSeconds(2));
        Assert.Equal(2, (await RaisedAsync()).Count);
    }

    [Fact]
    public async Task A_series_plans_the_next_window_when_one_starts_or_is_cancelled_and_makes_up_for_none()
    {
        var first = await ScheduleAsync(_app.Now.AddHours(1), _app.Now.AddHours(2), rule: "0 13 * * *");
        await RaisedAsync();
        await TickAsync(TimeSpan.FromHours(1));
        Assert.Equal("maintenance.scheduled 13:00 14:00", (await RaisedAsync())[^1]);
        var second = (await _app.Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.CurrentAndUpcoming)).Single(w => w.Id != first);
        Assert.Equal(new DateTime(2026, 1, 15, 13, 0, 0, DateTimeKind.Utc), second.Start);

        await _app.Get<MaintenanceService>().CancelAsync(second.Id, second.Version);
        var third = (await _app.Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.CurrentAndUpcoming)).Single(w => w.Status == MaintenanceStatus.Scheduled);
        Assert.Equal(new DateTime(2026, 1, 16, 13, 0, 0, DateTimeKind.Utc), third.Start);

        // Ten days down: the one that was planned is sent late, the nine between are not made up for.
        await RaisedAsync();
        await TickAsync(TimeSpan.FromDays(10));
        Assert.Single(await RaisedAsync(), e => e.StartsWith("maintenance.started", StringComparison.Ordinal));
        var next = (await _app.Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.CurrentAndUpcoming)).Single(w => w.Status == MaintenanceStatus.Scheduled);
        Assert.True(next.Start > _app.Now);

        await _app.Get<MaintenanceService>().EndSeriesAsync(next.SeriesId!.Value);
        await _app.Get<MaintenanceService>().CancelAsync(next.Id, next.Version);
        Assert.DoesNotContain(await _app.Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.CurrentAndUpcoming), w => w.Status == MaintenanceStatus.Scheduled);
    }

    [Fact]
    public async Task A_window_of_a_series_that_is_started_early_by_hand_does_not_come_again_at_its_planned_time()
    {
        // The clock stands at Wednesday, 14 January, 12:00.
        var id = await ScheduleAsync(Utc("2026-01-18T02:00:00Z"), Utc("2026-01-18T03:00:00Z"), rule: "0 2 * * 0");
        await _app.Get<MaintenanceService>().StartNowAsync(id, 0);

        var next = (await _app.Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.CurrentAndUpcoming)).Single(w => w.Status == MaintenanceStatus.Scheduled);
        Assert.Equal(Utc("2026-01-25T02:00:00Z"), next.Start);
    }

    [Theory]
    // Sunday, 18 January, moved to the Saturday before: that Sunday's work is done or called off with it.
    [InlineData("2026-01-17T02:00:00Z", true, "2026-01-25T02:00:00Z")]
    [InlineData("2026-01-17T02:00:00Z", false, "2026-01-25T02:00:00Z")]
    // Moved behind the next Sunday, it is no reason to leave that one out.
    [InlineData("2026-01-26T02:00:00Z", false, "2026-01-25T02:00:00Z")]
    public async Task A_window_of_a_series_that_was_moved_still_is_the_one_of_its_planned_time(string to, bool start, string next)
    {
        var id = await ScheduleAsync(Utc("2026-01-18T02:00:00Z"), Utc("2026-01-18T03:00:00Z"), rule: "0 2 * * 0");
        await MoveAsync(id, Utc(to));
        var moved = (await _app.Get<MaintenanceQueries>().FindAsync(id))!;
        if (start)
            await TickAsync(Utc(to) - _app.Now);
        else
            await _app.Get<MaintenanceService>().CancelAsync(id, moved.Version);

        Assert.Equal(Utc(next), (await PlannedAsync()).Single().Start);
        // And the one after that, from a window that was planned by the clock.
        var second = (await PlannedAsync()).Single();
        await MoveAsync(second.Id, Utc(next).AddDays(-1));
        // The first one is over by then: two of a series do not run at once.
        await TickAsync(TimeSpan.FromHours(1));
        await _app.Get<MaintenanceService>().StartNowAsync(second.Id, second.Version + 1);
        Assert.Equal(Utc(next).AddDays(7), (await PlannedAsync()).Single().Start);
    }

    [Fact]
    public async Task On_an_archived_page_what_was_announced_goes_on_and_nothing_new_is_planned_until_it_is_restored()
    {
        await ScheduleAsync(_app.Now.AddHours(1), _app.Now.AddHours(2), rule: "0 13 * * *");
        await _app.Get<StatusPageService>().SetArchivedAsync(_page.Id, archived: true);
        await RaisedAsync();
        await TickAsync(TimeSpan.FromHours(1));
        await TickAsync(TimeSpan.FromHours(1));
        Assert.Equal(
            [
                "maintenance.started 13:00 14:00", "component.status_changed operational maintenance",
                "maintenance.completed 13:00 14:00", "component.status_changed maintenance operational",
            ],
            await RaisedAsync());
        await TickAsync(TimeSpan.FromDays(3));
        Assert.Empty(await RaisedAsync());

        await _app.Get<StatusPageService>().SetArchivedAsync(_page.Id, archived: false);
        await TickAsync(TimeSpan.Zero);
        await TickAsync(TimeSpan.Zero);
        Assert.Equal(["maintenance.scheduled 13:00 14:00"], await RaisedAsync());
        var next = (await PlannedAsync()).Single();
        Assert.Equal((Utc("2026-01-18T13:00:00Z"), "Upgrade", "Work."), (next.Start, next.Title, next.Message));
        Assert.Equal([_page.Components[0].Id], next.ComponentIds);
    }

    [Fact]
    public async Task A_series_whose_window_was_cancelled_on_an_archived_page_goes_on_after_that_one()
    {
        var id = await ScheduleAsync(Utc("2026-01-18T02:00:00Z"), Utc("2026-01-18T03:00:00Z"), rule: "0 2 * * 0");
        await _app.Get<StatusPageService>().SetArchivedAsync(_page.Id, archived: true);
        await _app.Get<MaintenanceService>().CancelAsync(id, 0);
        await TickAsync(TimeSpan.Zero);
        Assert.Empty(await PlannedAsync());

        await _app.Get<StatusPageService>().SetArchivedAsync(_page.Id, archived: false);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => _app.Get<MaintenanceClock>().TickAsync(CancellationToken.None)));
        Assert.Equal(Utc("2026-01-25T02:00:00Z"), (await PlannedAsync()).Single().Start);
    }

    [Fact]
    public async Task A_series_that_was_ended_on_an_archived_page_stays_ended()
    {
        var ended = await ScheduleAsync(_app.Now.AddHours(1), _app.Now.AddHours(2), rule: "0 13 * * *");
        // Beside it one that goes on: the clock did its work.
        var other = await ScheduleAsync(_app.Now.AddHours(1), _app.Now.AddHours(2), rule: "0 13 * * *");
        await _app.Get<StatusPageService>().SetArchivedAsync(_page.Id, archived: true);
        await TickAsync(TimeSpan.FromHours(1));
        await _app.Get<MaintenanceService>().EndSeriesAsync(await SeriesOfAsync(ended));
        await _app.Get<StatusPageService>().SetArchivedAsync(_page.Id, archived: false);
        await TickAsync(TimeSpan.FromHours(1));

        foreach (var id in new[] { ended, other })
            Assert.Equal(MaintenanceStatus.Completed, (await _app.Get<MaintenanceQueries>().FindAsync(id))!.Status);
        var planned = Assert.Single(await PlannedAsync());
        Assert.Equal((await SeriesOfAsync(other), Utc("2026-01-15T13:00:00Z")), (await SeriesOfAsync(planned.Id), planned.Start));
        Assert.NotEqual(await SeriesOfAsync(ended), await SeriesOfAsync(other));

        async Task<int> SeriesOfAsync(int id) => (await _app.Get<MaintenanceQueries>().FindAsync(id))!.SeriesId!.Value;
    }

    [Theory]
    // Every minute an hour long: the clock would start another each minute, for ever.
    [InlineData("* * * * *", nameof(MaintenanceInput.Ends))]
    [InlineData("@every_second", nameof(MaintenanceInput.Ends))]
    // The one after the next, too.
    [InlineData("0,30 14 * * *", nameof(MaintenanceInput.Ends))]
    // There is no 30 February, so nothing would recur.
    [InlineData("0 0 30 2 *", nameof(MaintenanceInput.Rule))]
    public async Task A_rule_whose_windows_overlap_or_never_come_is_refused(string rule, string field)
    {
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => ScheduleAsync(_app.Now.AddHours(1), _app.Now.AddHours(2), rule));
        Assert.Equal([field], refused.Errors.Keys);
        Assert.Empty(await RaisedAsync());
    }

    [Fact]
    public async Task A_rule_whose_windows_follow_each_other_without_a_gap_is_taken()
    {
        await ScheduleAsync(_app.Now.AddHours(1), _app.Now.AddHours(2), rule: "0 * * * *");
        await TickAsync(TimeSpan.FromHours(1));
        await TickAsync(TimeSpan.FromHours(1));
        Assert.Equal(
            [
                "maintenance.scheduled 13:00 14:00",
                "maintenance.started 13:00 14:00", "component.status_changed operational maintenance", "maintenance.scheduled 14:00 15:00",
                "maintenance.completed 13:00 14:00", "component.status_changed maintenance operational",
                "maintenance.started 14:00 15:00", "component.status_changed operational maintenance", "maintenance.scheduled 15:00 16:00",
            ],
            await RaisedAsync());
    }

    [Theory]
    // The clocks skip 02:00–03:00: the window begins at the moment after.
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z")]
    [InlineData("America/New_York", "30 2 * * *", "2026-03-07T12:00:00Z", "2026-03-08T07:00:00Z")]
    // The hour happens twice: once, at the first.
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z")]
    [InlineData("America/New_York", "30 1 * * *", "2026-10-31T12:00:00Z", "2026-11-01T05:30:00Z")]
    // And the day after is at the same time of day as ever.
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z")]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z")]
    [InlineData("America/New_York", "30 2 * * *", "2026-03-08T07:00:00Z", "2026-03-09T06:30:00Z")]
    [InlineData("America/New_York", "30 1 * * *", "2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z")]
    public void A_series_keeps_its_time_of_day_over_a_change_of_the_clocks(string zone, string rule, string after, string expected)
    {
        var series = new MaintenanceSeries { Rule = rule, TimeZone = zone };
        Assert.Equal(Utc(expected), series.NextStart(Utc(after)));
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-03-29T02:30:00", "03:00")]
    [InlineData("America/New_York", "2026-03-08T02:30:00", "03:00")]
    public void A_skipped_time_is_refused_and_the_next_one_named(string zone, string local, string next)
    {
        var (utc, problem) = PageTimeZone.ToUtc(Local(local), PageTimeZone.Find(zone));
        Assert.Null(utc);
        Assert.Contains("does not exist", problem, StringComparison.Ordinal);
        Assert.Contains(next, problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Europe/Berlin", "2026-10-25T02:30:00", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z")]
    [InlineData("America/New_York", "2026-11-01T01:30:00", "2026-11-01T05:30:00Z", "2026-11-01T06:30:00Z")]
    public void A_doubled_time_asks_which(string zone, string local, string earlier, string later)
    {
        var found = PageTimeZone.Find(zone);
        var (utc, problem) = PageTimeZone.ToUtc(Local(local), found);
        Assert.Null(utc);
        Assert.Contains("twice", problem, StringComparison.Ordinal);
        Assert.Equal(Utc(earlier), PageTimeZone.ToUtc(Local(local), found, AmbiguousTime.Earlier).Utc);
        Assert.Equal(Utc(later), PageTimeZone.ToUtc(Local(local), found, AmbiguousTime.Later).Utc);
    }

    private static DateTime Utc(string text) =>
        DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AdjustToUniversal);

    private static DateTime Local(string text) => DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture);

    private Task<int> ScheduleAsync(DateTime start, DateTime end, string? rule = null) => _app.Get<MaintenanceService>().ScheduleAsync(
        new MaintenanceInput(_page.Id, "Upgrade", "Work.", [_page.Components[0].Id], start, end, Rule: rule));

    private async Task MoveAsync(int id, DateTime start)
    {
        var window = (await _app.Get<MaintenanceQueries>().FindAsync(id))!;
        await _app.Get<MaintenanceService>().RescheduleAsync(
            id, window.Version, new MaintenanceInput(null, window.Title, window.Message, window.ComponentIds, start, start.AddHours(1)));
    }

    /// <summary>The windows that wait to start, the earliest first.</summary>
    private async Task<List<MaintenanceRow>> PlannedAsync() =>
        [.. (await _app.Get<MaintenanceQueries>().ListAsync(MaintenanceSpan.CurrentAndUpcoming)).Where(w => w.Status == MaintenanceStatus.Scheduled)];

    private async Task TickAsync(TimeSpan after)
    {
        _app.Time.Advance(after);
        await _app.Get<MaintenanceClock>().TickAsync(CancellationToken.None);
    }

    /// <summary>What was raised since the last call: the type with its times of day, or its statuses.</summary>
    private async Task<List<string>> RaisedAsync()
    {
        await using var db = _app.Open();
        var seen = _seen;
        var events = await db.Events.AsNoTracking().Where(e => e.Id > seen).OrderBy(e => e.Id).ToListAsync();
        if (events.Count > 0)
            _seen = events[^1].Id;
        return [.. events.Select(e =>
        {
            using var body = System.Text.Json.JsonDocument.Parse(Encoding.UTF8.GetString(e.Payload));
            var data = body.RootElement.GetProperty("data");
            return e.Type.Group() == EventGroup.Maintenance
                ? $"{e.Type.WireName()} {data.GetProperty("windowStart").GetString()![11..16]} {data.GetProperty("windowEnd").GetString()![11..16]}"
                : $"{e.Type.WireName()} {data.GetProperty("previousStatus").GetString()} {data.GetProperty("newStatus").GetString()}";
        })];
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var db = _app.Open();
        await db.Database.ExecuteSqlRawAsync(sql);
    }
}
