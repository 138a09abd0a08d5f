using ATStatus.Admin.Api.Bodies;
using ATStatus.Core.Model;

namespace ATStatus.Admin.Api.Maintenance;

/// <summary>An instant as the page's clock shows it, which is how maintenance is planned.</summary>
/// <param name="Local">The time on that clock; null where none was sent.</param>
/// <param name="Which">Which of two it is, where the clocks go back over it.</param>
/// <param name="Utc">The instant.</param>
internal readonly record struct ClockTime(DateTime? Local, AmbiguousTime Which, DateTime? Utc);

/// <summary>Reads instants onto a page's clock.</summary>
internal static class ClockTimes
{
    /// <summary>The time that a text means, on the clock of a zone.</summary>
    public static ClockTime Clock(this FieldCheck check, string? text, string field, string? timeZone)
    {
        if (check.Time(text, field) is not { } exact)
            return default;
        var utc = exact.AddTicks(-(exact.Ticks % TimeSpan.TicksPerSecond));
        var zone = PageTimeZone.Find(timeZone ?? "UTC");
        var local = DateTime.SpecifyKind(PageTimeZone.ToLocal(utc, zone), DateTimeKind.Unspecified);
        return new ClockTime(local, PageTimeZone.Instants(local, zone).Second == utc ? AmbiguousTime.Later : AmbiguousTime.Earlier, utc);
    }
}
