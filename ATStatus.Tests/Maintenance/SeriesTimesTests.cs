using System.Globalization;
using ATStatus.Core.Model;

namespace ATStatus.Tests.Maintenance;

/// <summary>When a series' windows start and end.</summary>
public sealed class SeriesTimesTests
{
    [Theory]
    // The clocks of Dublin go forward over 01:00 to 02:00. .NET says that they go back in spring, and to a quarter of its answers again.
    [InlineData("Europe/Dublin", "0 1 * * 0", "2027-03-28T00:00:00Z", "2027-03-28T01:00:00Z")]
    [InlineData("Europe/Dublin", "0 1 * * 0", "2027-03-28T01:00:00Z", "2027-04-04T00:00:00Z")]
    [InlineData("Europe/Dublin", "30 1 * * *", "2027-10-30T12:00:00Z", "2027-10-31T00:30:00Z")]
    [InlineData("Europe/Dublin", "30 1 * * *", "2027-10-31T00:30:00Z", "2027-11-01T01:30:00Z")]
    // Ramadan 2027: an hour back on 7 February at 03:00, an hour forward on 14 March at 02:00.
    [InlineData("Africa/Casablanca", "30 2 * * *", "2027-02-06T12:00:00Z", "2027-02-07T01:30:00Z")]
    [InlineData("Africa/Casablanca", "30 2 * * *", "2027-02-07T01:30:00Z", "2027-02-08T02:30:00Z")]
    [InlineData("Africa/El_Aaiun", "30 2 * * *", "2027-03-13T12:00:00Z", "2027-03-14T02:00:00Z")]
    [InlineData("Africa/El_Aaiun", "30 2 * * *", "2027-03-14T02:00:00Z", "2027-03-15T01:30:00Z")]
    // Through both passes of the hour, and once each.
    [InlineData("Europe/Berlin", "*/30 * * * *", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z")]
    [InlineData("Europe/Berlin", "*/30 * * * *", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z")]
    [InlineData("Europe/Berlin", "@hourly", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z")]
    [InlineData("Europe/Berlin", "@daily", "2026-10-25T00:00:00Z", "2026-10-25T23:00:00Z")]
    // Not a second before, not again.
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-25T00:29:59Z", "2026-10-25T00:30:00Z")]
    [InlineData("Europe/Berlin", "30 2 * * *", "2026-10-25T01:30:00Z", "2026-10-26T01:30:00Z")]
    // The last day, and the 31st of the months that have one.
    [InlineData("UTC", "0 2 L * *", "2027-01-31T02:00:00Z", "2027-02-28T02:00:00Z")]
    [InlineData("UTC", "0 2 L * *", "2028-01-31T02:00:00Z", "2028-02-29T02:00:00Z")]
    [InlineData("UTC", "0 2 31 * *", "2027-01-31T02:00:00Z", "2027-03-31T02:00:00Z")]
    [InlineData("UTC", "0 2 29 2 *", "2026-01-01T00:00:00Z", "2028-02-29T02:00:00Z")]
    public void The_next_start(string zone, string rule, string after, string expected) =>
        Assert.Equal(Utc(expected), new MaintenanceSeries { Rule = rule, TimeZone = zone }.NextStart(Utc(after)));

    [Theory]
    [InlineData("UTC")]
    [InlineData("Europe/Dublin")]
    public void A_rule_that_never_comes_gives_none(string zone)
    {
        var series = new MaintenanceSeries { Rule = "0 0 30 2 *", TimeZone = zone, Duration = TimeSpan.FromHours(1) };
        Assert.Null(series.NextStart(Utc("2026-01-01T00:00:00Z")));
        Assert.Null(series.NextWindow(Utc("2026-01-01T00:00:00Z")));
        // Nor does one at the end of the calendar.
        Assert.Null(new MaintenanceSeries { Rule = "0 0 1 1 *", TimeZone = zone }.NextStart(Utc("9999-12-31T22:00:00Z")));
    }

    [Theory]
    // 01:00 to 04:00: four hours on the night on which the clocks go back, two where they go forward.
    [InlineData("0 1 * * *", "03:00", "2026-10-24T12:00:00Z", "2026-10-24T23:00:00Z", "2026-10-25T03:00:00Z")]
    [InlineData("0 1 * * *", "03:00", "2026-10-25T12:00:00Z", "2026-10-26T00:00:00Z", "2026-10-26T03:00:00Z")]
    [InlineData("0 1 * * *", "03:00", "2027-03-27T12:00:00Z", "2027-03-28T00:00:00Z", "2027-03-28T02:00:00Z")]
    // Past midnight, and longer than a day.
    [InlineData("0 23 * * 6", "04:00", "2026-10-24T12:00:00Z", "2026-10-24T21:00:00Z", "2026-10-25T02:00:00Z")]
    [InlineData("0 23 * * 5", "2.05:00", "2026-10-23T12:00:00Z", "2026-10-23T21:00:00Z", "2026-10-26T03:00:00Z")]
    // 01:30 to 02:30: the end is skipped, or comes twice and is the first.
    [InlineData("30 1 * * *", "01:00", "2027-03-27T12:00:00Z", "2027-03-28T00:30:00Z", "2027-03-28T01:00:00Z")]
    [InlineData("30 1 * * *", "01:00", "2026-10-24T12:00:00Z", "2026-10-24T23:30:00Z", "2026-10-25T00:30:00Z")]
    // 02:30 to 03:15: the start is skipped, the end still is 03:15.
    [InlineData("30 2 * * *", "00:45", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:15:00Z")]
    // 02:10 to 02:50: both are skipped, and the window keeps its length.
    [InlineData("10 2 * * *", "00:40", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:40:00Z")]
    // But it does not run into the one that follows.
    [InlineData("10 2,3 * * *", "00:40", "2027-03-27T12:00:00Z", "2027-03-28T01:00:00Z", "2027-03-28T01:10:00Z")]
    // Every half hour means half an hour, in both passes.
    [InlineData("*/30 * * * *", "00:30", "2026-10-25T00:00:00Z", "2026-10-25T00:30:00Z", "2026-10-25T01:00:00Z")]
    [InlineData("*/30 * * * *", "00:30", "2026-10-25T01:00:00Z", "2026-10-25T01:30:00Z", "2026-10-25T02:00:00Z")]
    public void A_window_in_Berlin_ends_at_its_time_of_day(string rule, string duration, string after, string start, string end)
    {
        var series = new MaintenanceSeries { Rule = rule, TimeZone = "Europe/Berlin", Duration = TimeSpan.Parse(duration, CultureInfo.InvariantCulture) };
        Assert.Equal((Utc(start), Utc(end)), series.NextWindow(Utc(after)));
    }

    private static DateTime Utc(string text) => DateTime.Parse(text, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal);
}
