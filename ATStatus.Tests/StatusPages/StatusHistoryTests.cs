using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Tests.StatusPages;

public sealed class StatusHistoryTests
{
    private static readonly TimeZoneInfo Utc = TimeZoneInfo.Utc;

    [Fact]
    public void Ninety_days_end_today_and_those_before_its_life_are_empty()
    {
        var days = StatusHistory.ByDay(History((At("2026-01-10T08:00Z"), ComponentStatus.Operational)), At("2026-01-10T08:00Z"), At("2026-01-12T00:30Z"), Utc);

        Assert.Equal(StatusHistory.Days, days.Count);
        Assert.Equal(new DateOnly(2026, 1, 12), days[^1].Day);
        Assert.Equal([null, ComponentStatus.Operational, ComponentStatus.Operational, ComponentStatus.Operational], days.TakeLast(4).Select(d => d.Worst));
    }

    [Fact]
    public void A_day_has_its_worst_status_and_what_was_down()
    {
        var days = StatusHistory.ByDay(
            History(
                (At("2026-01-10T00:00Z"), ComponentStatus.Operational),
                (At("2026-01-11T22:00Z"), ComponentStatus.MajorOutage),
                (At("2026-01-12T01:00Z"), ComponentStatus.Degraded),
                (At("2026-01-12T02:00Z"), ComponentStatus.Maintenance)),
            At("2026-01-10T00:00Z"), At("2026-01-13T12:00Z"), Utc);

        Assert.Equal(
            [
                (ComponentStatus.Operational, TimeSpan.Zero), (ComponentStatus.MajorOutage, TimeSpan.FromHours(2)),
                (ComponentStatus.MajorOutage, TimeSpan.FromHours(1)), (ComponentStatus.Maintenance, TimeSpan.Zero),
            ],
            days.TakeLast(4).Select(d => (d.Worst!.Value, d.Down)));
    }

    [Fact]
    public void A_status_that_begins_at_midnight_is_the_new_days()
    {
        var days = StatusHistory.ByDay(
            History((At("2026-01-10T00:00Z"), ComponentStatus.Operational), (At("2026-01-12T00:00Z"), ComponentStatus.MajorOutage)),
            At("2026-01-10T00:00Z"), At("2026-01-12T12:00Z"), Utc);

        Assert.Equal([ComponentStatus.Operational, ComponentStatus.MajorOutage], days.TakeLast(2).Select(d => d.Worst));
    }

    [Fact]
    public void What_was_just_made_has_a_status_today()
    {
        var now = At("2026-01-10T00:00Z");
        Assert.Equal(ComponentStatus.Degraded, StatusHistory.ByDay(History((now, ComponentStatus.Degraded)), now, now, Utc)[^1].Worst);
    }

    [Theory]
    // Clocks go forward: the day has 23 hours; and back: 25.
    [InlineData("Europe/Berlin", "2026-03-29", "2026-03-28T23:00Z", 23)]
    [InlineData("Europe/Berlin", "2026-10-25", "2026-10-24T22:00Z", 25)]
    [InlineData("America/New_York", "2026-03-08", "2026-03-08T05:00Z", 23)]
    [InlineData("America/New_York", "2026-11-01", "2026-11-01T04:00Z", 25)]
    public void A_day_of_a_clock_change_has_its_own_length(string zone, string day, string begins, int hours)
    {
        var start = At(begins);
        var created = start.AddDays(-2);
        var history = History(
            (created, ComponentStatus.Operational), (start, ComponentStatus.MajorOutage), (start.AddHours(hours), ComponentStatus.Operational));

        var days = StatusHistory.ByDay(history, created, start.AddDays(3), TimeZoneInfo.FindSystemTimeZoneById(zone));

        var down = Assert.Single(days, d => d.Down > TimeSpan.Zero);
        Assert.Equal((DateOnly.Parse(day, System.Globalization.CultureInfo.InvariantCulture), TimeSpan.FromHours(hours)), (down.Day, down.Down));
        Assert.Equal(StatusHistory.Days, days.Select(d => d.Day).Distinct().Count());
    }

    /// <summary>Statuses with the moments at which they began; the last one lasts.</summary>
    private static StatusSegment[] History(params (DateTime At, ComponentStatus Status)[] changes) =>
        [.. changes.Select((c, i) => new StatusSegment(c.At, i + 1 < changes.Length ? changes[i + 1].At : null, c.Status))];

    private static DateTime At(string text) => DateTimeOffset.Parse(text, System.Globalization.CultureInfo.InvariantCulture).UtcDateTime;
}
