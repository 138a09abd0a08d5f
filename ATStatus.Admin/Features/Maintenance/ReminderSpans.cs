using System.Globalization;
using ATStatus.Admin.Components.Shared.Fields;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>How long before a start subscribers can be reminded of it.</summary>
internal static class ReminderSpans
{
    private static readonly TimeSpan[] Offered =
    [
        TimeSpan.FromMinutes(15), TimeSpan.FromHours(1), TimeSpan.FromHours(3), TimeSpan.FromDays(1), TimeSpan.FromDays(3), TimeSpan.FromDays(7),
    ];

    /// <summary>What is offered, and a span that is not among it and was saved otherwise.</summary>
    public static IEnumerable<Choice<TimeSpan?>> Choices(TimeSpan? saved) =>
        (saved is { } span ? Offered.Append(span) : Offered).Distinct().Order().Select(span => new Choice<TimeSpan?>(span, Text(span)));

    /// <summary>A span in words: "15 minutes", "1 day".</summary>
    public static string Text(TimeSpan span) =>
        span.Ticks % TimeSpan.TicksPerDay == 0 ? Count(span.TotalDays, "day")
        : span.Ticks % TimeSpan.TicksPerHour == 0 ? Count(span.TotalHours, "hour")
        : Count(span.TotalMinutes, "minute");

    private static string Count(double count, string unit) => string.Create(CultureInfo.InvariantCulture, $"{count:0.##} {unit}{(count == 1 ? "" : "s")}");
}
