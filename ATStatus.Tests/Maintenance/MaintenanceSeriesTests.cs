using System.Globalization;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ATStatus.Tests.Maintenance;

/// <summary>Series on pages of several time zones, with the clock that plans them. It stands at 2026-01-14, 12:00 UTC.</summary>
public sealed class MaintenanceSeriesTests : IAsyncLifetime
{
    private readonly CapturedLogs _logs = new();
    private CoreApp _app = null!;

    private MaintenanceService Service => _app.Get<MaintenanceService>();

    public async ValueTask InitializeAsync() => _app = await CoreApp.StartAsync(more: services =>
    {
        services.AddSingleton<MaintenanceClock>();
        services.AddLogging(logging => logging.AddProvider(_logs));
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Over_the_change_of_Dublins_clocks_a_weekly_series_plans_each_window_once()
    {
        var page = await AddPageAsync("Europe/Dublin");
        await ScheduleAsync(page, "2027-01-03T01:00", "2027-01-03T01:30", "0 1 * * 0");
        await TickAsync("2027-03-27T12:00:00Z");
        for (var at = Utc("2027-03-27T23:00:00Z"); at < Utc("2027-03-28T04:00:00Z"); at = at.AddMinutes(15))
            await TickAsync(at);
        await TickAsync("2027-04-04T00:00:10Z");
        await TickAsync("2027-04-04T00:30:10Z");

        Assert.Equal(
            [
                // The first was found late; then one a week, on 28 March from the moment after the skipped hour, for as long as ever.
                ("2027-01-03T01:00", MaintenanceStatus.Completed), ("2027-03-28T01:00", MaintenanceStatus.Completed),
                ("2027-04-04T00:00", MaintenanceStatus.Completed), ("2027-04-11T00:00", MaintenanceStatus.Scheduled),
            ],
            (await WindowsAsync()).Select(w => (Text(w.Start), w.Status)));
        Assert.Equal("2027-03-28T01:30", Text((await WindowsAsync())[1].End));
        await using var db = _app.Open();
        Assert.Equal(10, await db.Events.CountAsync());
    }

    [Theory]
    [InlineData("Africa/Casablanca", 2027)]
    [InlineData("Africa/El_Aaiun", 2028)]
    [InlineData("Europe/Dublin", 2027)]
    [InlineData("Europe/Berlin", 2026)]
    public async Task A_daily_series_comes_once_a_day_all_year(string zone, int year)
    {
        var page = await AddPageAsync(zone);
        await ScheduleAsync(page, $"{year}-02-01T02:30", $"{year}-02-01T02:50", "30 2 * * *");
        for (var day = new DateTime(year, 2, 1, 12, 0, 0, DateTimeKind.Utc); day < new DateTime(year, 4, 15, 0, 0, 0, DateTimeKind.Utc); day = day.AddDays(1))
            await TickAsync(day);
        var days = (await WindowsAsync()).Select(w => DateOnly.FromDateTime(PageTimeZone.ToLocal(w.Start, PageTimeZone.Find(zone)))).ToList();
        Assert.Equal(Enumerable.Range(0, days.Count).Select(i => new DateOnly(year, 2, 1).AddDays(i)), days);
    }

    [Theory]
    // On the night on which the clocks go back, and on that on which they go forward.
    [InlineData("2026-10-25T01:00", "2026-10-25T04:00", "0 1 * * *", "2026-10-25T03:00", "2026-10-26T00:00", "2026-10-26T03:00")]
    [InlineData("2026-03-29T01:00", "2026-03-29T04:00", "0 1 * * *", "2026-03-29T02:00", "2026-03-29T23:00", "2026-03-30T02:00")]
    // Past midnight, and for more than a day.
    [InlineData("2026-10-24T22:00", "2026-10-25T06:00", "0 22 * * *", "2026-10-25T05:00", "2026-10-25T21:00", "2026-10-26T05:00")]
    [InlineData("2026-10-24T22:00", "2026-10-26T04:00", "0 22 * * 6", "2026-10-26T03:00", "2026-10-31T21:00", "2026-11-02T03:00")]
    public async Task A_series_keeps_the_time_of_day_of_its_end_whatever_the_night_it_is_made_for(
        string starts, string ends, string rule, string firstEnd, string nextStart, string nextEnd)
    {
        var page = await AddPageAsync("Europe/Berlin");
        await ScheduleAsync(page, starts, ends, rule);
        var first = Assert.Single(await WindowsAsync());
        Assert.Equal(firstEnd, Text(first.End));
        await TickAsync(first.Start);

        var next = (await WindowsAsync())[1];
        Assert.Equal((nextStart, nextEnd), (Text(next.Start), Text(next.End)));
    }

    [Fact]
    public async Task The_end_of_one_window_is_changed_for_that_one_only()
    {
        var page = await AddPageAsync("Europe/Berlin");
        await ScheduleAsync(page, "2026-10-25T01:00", "2026-10-25T04:00", "0 1 * * *");
        var first = Assert.Single(await WindowsAsync());
        await Service.RescheduleAsync(first.Id, first.Version, Input(null, "2026-10-25T00:30", "2026-10-25T06:00", null));
        await TickAsync("2026-10-25T01:00:00Z");
        Assert.Equal(("2026-10-26T00:00", "2026-10-26T03:00"), (await WindowsAsync())[1] is var next ? (Text(next.Start), Text(next.End)) : default);
    }

    [Fact]
    public async Task An_end_that_lies_after_the_start_only_while_the_clocks_go_back_is_refused_for_a_series()
    {
        var page = await AddPageAsync("Europe/Berlin");
        var input = Input(page, "2026-10-25T02:30", "2026-10-25T02:15", "30 2 * * *") with
        {
            StartsAmbiguous = AmbiguousTime.Earlier,
            EndsAmbiguous = AmbiguousTime.Later,
        };
        var refused = await Assert.ThrowsAsync<InvalidInputException>(() => Service.ScheduleAsync(input));
        Assert.Equal([nameof(MaintenanceInput.Ends)], refused.Errors.Keys);
        await Service.ScheduleAsync(input with { Rule = null });
        Assert.Equal("2026-10-25T01:15", Text(Assert.Single(await WindowsAsync()).End));
    }

    [Fact]
    public async Task A_time_that_was_planned_before_is_not_planned_again()
    {
        var page = await AddPageAsync("UTC");
        var first = await ScheduleAsync(page, "2026-01-18T02:00", "2026-01-18T03:00", "0 2 * * 0");
        await using (var db = _app.Open())
        {
            // One of the series that stood for a later time and was called off, as a move between zones can leave it.
            var window = await db.MaintenanceWindows.SingleAsync(w => w.Id == first);
            db.MaintenanceWindows.Add(new MaintenanceWindow
            {
                StatusPageId = page,
                SeriesId = window.SeriesId,
                PlannedFor = Utc("2026-02-01T02:00:00Z"),
                Title = "Called off",
                Message = "Work.",
                Start = Utc("2026-02-01T02:00:00Z"),
                End = Utc("2026-02-01T03:00:00Z"),
                Status = MaintenanceStatus.Cancelled,
                CreatedAt = _app.Now,
            });
            await db.SaveChangesAsync();
        }
        await TickAsync("2026-01-18T02:00:00Z");
        Assert.Equal("2026-02-08T02:00", Text((await WindowsAsync()).Single(w => w.Status == MaintenanceStatus.Scheduled).Start));
    }

    [Fact]
    public async Task The_clock_takes_a_bounded_number_of_steps_in_a_turn_and_goes_on_in_the_next()
    {
        var page = await AddPageAsync("UTC");
        await using (var db = _app.Open())
        {
            db.MaintenanceWindows.AddRange(Enumerable.Range(0, MaintenanceClock.StepsPerTurn + 3).Select(i => new MaintenanceWindow
            {
                StatusPageId = page,
                Title = $"Window {i}",
                Message = "Work.",
                Start = _app.Now.AddMinutes(1),
                End = _app.Now.AddDays(1),
                CreatedAt = _app.Now,
            }));
            await db.SaveChangesAsync();
        }
        await TickAsync(_app.Now.AddMinutes(1));
        Assert.Equal(3, (await WindowsAsync()).Count(w => w.Status == MaintenanceStatus.Scheduled));
        Assert.Single(_logs.Lines, line => line.StartsWith("Warning", StringComparison.Ordinal) && line.Contains("200 steps of maintenance", StringComparison.Ordinal));

        await TickAsync(_app.Now.AddSeconds(2));
        Assert.DoesNotContain(await WindowsAsync(), w => w.Status == MaintenanceStatus.Scheduled);
        Assert.Single(_logs.Lines, line => line.Contains("steps of maintenance", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_page_that_moves_to_another_zone_takes_its_series_along_where_that_is_asked_for()
    {
        var page = await AddPageAsync("Europe/Berlin");
        var id = await ScheduleAsync(page, "2026-01-15T02:00", "2026-01-15T04:00", "0 2 * * *");
        var once = await ScheduleAsync(page, "2026-01-15T10:00", "2026-01-15T11:00", null);
        Assert.Equal(1, await _app.Get<MaintenanceQueries>().SeriesOutsideAsync(page, "America/New_York"));
        Assert.Equal(0, await _app.Get<MaintenanceQueries>().SeriesOutsideAsync(page, "Europe/Berlin"));
        await ChangeZoneAsync(page, "America/New_York", move: true);

        var moved = (await _app.Get<MaintenanceQueries>().FindAsync(id))!;
        Assert.Equal(("2026-01-15T07:00", "2026-01-15T09:00", "America/New_York"), (Text(moved.Start), Text(moved.End), moved.RuleTimeZone));
        // What does not recur stays at its moment.
        Assert.Equal("2026-01-15T09:00", Text((await _app.Get<MaintenanceQueries>().FindAsync(once))!.Start));
        await using var db = _app.Open();
        Assert.Equal([id, once, id], await db.Events.Where(e => e.Type == EventType.MaintenanceScheduled).OrderBy(e => e.Id).Select(e => e.SubjectId).ToListAsync());

        await TickAsync(moved.Start);
        Assert.Equal("2026-01-16T07:00", Text((await WindowsAsync()).Last().Start));
    }

    [Fact]
    public async Task Otherwise_they_stay_in_the_zone_in_which_they_were_planned()
    {
        var page = await AddPageAsync("Europe/Berlin");
        var id = await ScheduleAsync(page, "2026-01-15T02:00", "2026-01-15T04:00", "0 2 * * *");
        await ChangeZoneAsync(page, "America/New_York", move: false);

        var row = (await _app.Get<MaintenanceQueries>().FindAsync(id))!;
        Assert.Equal(("2026-01-15T01:00", "America/New_York", "Europe/Berlin"), (Text(row.Start), row.TimeZone, row.RuleTimeZone));
        await TickAsync(row.Start);
        Assert.Equal("2026-01-16T01:00", Text((await WindowsAsync()).Last().Start));
        await using var db = _app.Open();
        Assert.Equal(2, await db.Events.CountAsync(e => e.Type == EventType.MaintenanceScheduled));
    }

    [Fact]
    public async Task A_window_that_was_changed_keeps_its_own_time_of_day_and_a_running_one_its_times()
    {
        var page = await AddPageAsync("Europe/Berlin");
        var running = await ScheduleAsync(page, "2026-01-14T12:00", "2026-01-14T18:00", "0 12 * * *");
        var next = (await WindowsAsync())[1];
        await Service.RescheduleAsync(next.Id, next.Version, Input(null, "2026-01-15T05:00", "2026-01-15T06:00", null));
        await ChangeZoneAsync(page, "America/New_York", move: true);

        Assert.Equal(("2026-01-14T11:00", "2026-01-14T17:00"), (await WindowsAsync()).Single(w => w.Id == running) is var w ? (Text(w.Start), Text(w.End)) : default);
        Assert.Equal(("2026-01-15T10:00", "2026-01-15T11:00"), (await WindowsAsync()).Single(w => w.Id == next.Id) is var n ? (Text(n.Start), Text(n.End)) : default);
        await TickAsync("2026-01-15T10:00:00Z");
        // It stood for noon of the 15th.
        Assert.Equal("2026-01-16T17:00", Text((await WindowsAsync()).Last().Start));
    }

    [Theory]
    // 14:00 in Tokyo is over: nothing starts because of a move.
    [InlineData("Asia/Tokyo", "0 14 * * *", "2026-01-15T05:00")]
    // What repeats through the hours has no time of day to keep.
    [InlineData("America/New_York", "0 */2 * * *", "2026-01-14T13:00")]
    [InlineData("Asia/Kolkata", "0 */2 * * *", "2026-01-14T12:30")]
    public async Task A_window_whose_time_is_over_in_the_new_zone_becomes_the_next_of_its_rule(string zone, string rule, string start)
    {
        var page = await AddPageAsync("Europe/Berlin");
        var id = await ScheduleAsync(page, "2026-01-14T14:00", "2026-01-14T15:00", rule);
        await ChangeZoneAsync(page, zone, move: true);
        var moved = Assert.Single(await WindowsAsync());
        Assert.Equal((id, MaintenanceStatus.Scheduled, start), (moved.Id, moved.Status, Text(moved.Start)));
        Assert.Equal(TimeSpan.FromHours(1), moved.End - moved.Start);
    }

    [Fact]
    public async Task A_change_that_is_refused_moves_nothing()
    {
        var page = await AddPageAsync("Europe/Berlin");
        await AddPageAsync("UTC", "other");
        var id = await ScheduleAsync(page, "2026-01-15T02:00", "2026-01-15T04:00", "0 2 * * *");
        await Assert.ThrowsAsync<EditConflictException>(() => ChangeZoneAsync(page, "America/New_York", move: true, version: 7));
        await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<StatusPageService>().UpdateAsync(
            page, 0, new StatusPageInput("Main", "other", TimeZone: "America/New_York", MoveSeries: true)));
        var row = (await _app.Get<MaintenanceQueries>().FindAsync(id))!;
        Assert.Equal(("2026-01-15T01:00", "Europe/Berlin", "Europe/Berlin"), (Text(row.Start), row.TimeZone, row.RuleTimeZone));
    }

    private static DateTime Utc(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);

    private static string Text(DateTime utc) => utc.ToString("yyyy-MM-dd'T'HH:mm", CultureInfo.InvariantCulture);

    private Task<int> AddPageAsync(string zone, string slug = "main") =>
        _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", slug, TimeZone: zone));

    private Task ChangeZoneAsync(int page, string zone, bool move, int version = 0) =>
        _app.Get<StatusPageService>().UpdateAsync(page, version, new StatusPageInput("Main", "main", TimeZone: zone, MoveSeries: move));

    private static MaintenanceInput Input(int? page, string starts, string ends, string? rule) => new(
        page, "Upgrade", "Work.", [], DateTime.Parse(starts, CultureInfo.InvariantCulture), DateTime.Parse(ends, CultureInfo.InvariantCulture), Rule: rule);

    private Task<int> ScheduleAsync(int page, string starts, string ends, string? rule) => Service.ScheduleAsync(Input(page, starts, ends, rule));

    private async Task<List<MaintenanceWindow>> WindowsAsync()
    {
        await using var db = _app.Open();
        return await db.MaintenanceWindows.AsNoTracking().OrderBy(w => w.Id).ToListAsync();
    }

    private Task TickAsync(string at) => TickAsync(Utc(at));

    private async Task TickAsync(DateTime at)
    {
        _app.Time.Advance(at - _app.Now);
        await _app.Get<MaintenanceClock>().TickAsync(CancellationToken.None);
    }
}
