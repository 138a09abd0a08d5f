using System.Globalization;
using ATStatus.Admin.Components.Browser;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Notifications.Statistics;

/// <summary>Statistics in words and in the address.</summary>
internal static class PerformanceText
{
    private const string None = "—";

    /// <summary>The period of an address; the day where it names none.</summary>
    public static StatisticsPeriod PeriodOf(string? name) => name switch
    {
        "7d" => StatisticsPeriod.Week,
        "30d" => StatisticsPeriod.Month,
        _ => StatisticsPeriod.Day,
    };

    /// <summary>The period's name in an address; null for the one that needs none.</summary>
    public static string? NameOf(StatisticsPeriod period) => period switch
    {
        StatisticsPeriod.Week => "7d",
        StatisticsPeriod.Month => "30d",
        _ => null,
    };

    /// <summary>What one bar stands for.</summary>
    public static string StepLabel(StatisticsPeriod period) => period switch
    {
        StatisticsPeriod.Week => "six hours",
        StatisticsPeriod.Month => "day",
        _ => "hour",
    };

    /// <summary>"99.87 %". Rounded down, so that 100 % means every one.</summary>
    public static string Rate(double? rate) => rate is { } share
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(share * 10_000) / 100:0.##} %")
        : None;

    public static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>"about 84 ms": estimated from buckets.</summary>
    public static string About(double? milliseconds) => milliseconds is { } known ? $"≈ {Durations.Text(Rounded(known))}" : None;

    /// <summary>The failure as lists name it.</summary>
    public static string FailureText(FailureKind kind, int? status) => kind == FailureKind.HttpStatus && status is { } code
        ? string.Create(CultureInfo.InvariantCulture, $"status {code}")
        : kind.Label().ToLowerInvariant();

    /// <summary>How long ago the first bar begins: "24 hours ago", "7 days ago".</summary>
    public static string Ago(IReadOnlyList<StatisticsPoint> points)
    {
        var hours = (points[^1].To - points[0].From).TotalHours;
        return hours <= 24
            ? string.Create(CultureInfo.InvariantCulture, $"{hours:0} hours ago")
            : string.Create(CultureInfo.InvariantCulture, $"{hours / 24:0} days ago");
    }

    /// <summary>"14 Jan 2026, 12:00 – 13:00", on the viewer's clock.</summary>
    public static string Span(StatisticsPoint point, BrowserClock clock)
    {
        // An hour that ends at midnight ends on the day it is in.
        var isOneDay = clock.IsSameDay(point.From, point.To.AddTicks(-1));
        return $"{clock.Absolute(point.From)} – {(isOneDay ? clock.TimeOfDay(point.To) : clock.Absolute(point.To))}";
    }

    // Two digits: more would pretend to know what a bucket does not tell.
    private static TimeSpan Rounded(double milliseconds)
    {
        if (milliseconds < 1)
            return TimeSpan.FromMilliseconds(1);
        var unit = Math.Pow(10, Math.Floor(Math.Log10(milliseconds)) - 1);
        return TimeSpan.FromMilliseconds(Math.Round(milliseconds / unit) * unit);
    }
}
