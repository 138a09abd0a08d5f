using Cronos;

namespace ATStatus.Core.Maintenance;

/// <summary>
/// A rule by which windows recur. When a window of the series starts or is cancelled, the next one is planned. Times of day
/// are the page's local ones, so a window stays at 02:00 over a change of the clocks.
/// </summary>
public sealed class MaintenanceSeries
{
    /// <summary>The longest <see cref="Rule"/>.</summary>
    public const int RuleLength = 100;

    /// <summary>The database's number.</summary>
    public int Id { get; set; }

    /// <summary>The page.</summary>
    public int StatusPageId { get; set; }

    /// <summary>A cron expression of five fields (minute, hour, day of month, month, day of week) in <see cref="TimeZone"/>.</summary>
    public required string Rule { get; set; }

    /// <summary>The IANA time zone of the rule: the page's when the series was made.</summary>
    public required string TimeZone { get; set; }

    /// <summary>How long each window lasts.</summary>
    public TimeSpan Duration { get; set; }

    /// <summary>Whether no further window is planned.</summary>
    public bool IsEnded { get; set; }

    /// <summary>
    /// The first start after an instant (both UTC); null where the rule names no further time. A time of day that the clocks
    /// skip becomes the moment after; one that happens twice is taken once.
    /// </summary>
    public DateTime? NextStart(DateTime afterUtc)
    {
        var zone = StatusPages.PageTimeZone.Find(TimeZone);
        return CronExpression.Parse(Rule).GetNextOccurrence(DateTime.SpecifyKind(afterUtc, DateTimeKind.Utc), zone);
    }

    /// <summary>Whether a text is a rule.</summary>
    public static bool IsRule(string? text) => !string.IsNullOrWhiteSpace(text) && CronExpression.TryParse(text, CronFormat.Standard, out _);
}
