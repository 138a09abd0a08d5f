using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>A time as typed on the page's clock, and which is meant when it comes twice.</summary>
/// <param name="Local">What was typed.</param>
/// <param name="Ambiguous">Which of two; <see cref="AmbiguousTime.Ask"/> where nobody said.</param>
public readonly record struct PageTime(DateTime? Local, AmbiguousTime Ambiguous = AmbiguousTime.Ask)
{
    /// <summary>An instant as the page's clock shows it.</summary>
    public static PageTime Of(DateTime utc, TimeZoneInfo zone)
    {
        var local = DateTime.SpecifyKind(PageTimeZone.ToLocal(utc, zone), DateTimeKind.Unspecified);
        if (!zone.IsAmbiguousTime(local))
            return new PageTime(local);
        var earlier = PageTimeZone.ToUtc(local, zone, AmbiguousTime.Earlier).Utc;
        return new PageTime(local, earlier == utc ? AmbiguousTime.Earlier : AmbiguousTime.Later);
    }

    /// <summary>Whether it comes twice.</summary>
    public bool IsAmbiguousIn(TimeZoneInfo zone) => Typed is { } local && zone.IsAmbiguousTime(local);

    /// <summary>The instant it means, or why it means none; neither for a time that is not typed to its end.</summary>
    public (DateTime? Utc, string? Problem) In(TimeZoneInfo zone) => Typed is { } local ? PageTimeZone.ToUtc(local, zone, Ambiguous) : (null, null);

    // While a year is typed, the field passes through year 2 and 20; the service refuses these.
    private DateTime? Typed => Local is { Year: >= 2000 and <= 9000 } local ? local : null;
}
