using ATStatus.Core.Model;
using ATStatus.Core.Problems;

namespace ATStatus.Admin.Features;

/// <summary>A time as typed on a zone's clock, and which is meant when it comes twice.</summary>
/// <param name="Local">What was typed.</param>
/// <param name="Ambiguous">Which of two; <see cref="AmbiguousTime.Ask"/> where nobody said.</param>
public readonly record struct WallClockTime(DateTime? Local, AmbiguousTime Ambiguous = AmbiguousTime.Ask)
{
    /// <summary>An instant as the zone's clock shows it.</summary>
    public static WallClockTime Of(DateTime utc, TimeZoneInfo zone)
    {
        var local = PageTimeZone.ToLocal(utc, zone);
        var (first, second) = PageTimeZone.Instants(local, zone);
        return new WallClockTime(local, second is null ? AmbiguousTime.Ask : first == utc ? AmbiguousTime.Earlier : AmbiguousTime.Later);
    }

    /// <summary>Whether it comes twice.</summary>
    public bool IsAmbiguousIn(TimeZoneInfo zone) => Typed is { } local && PageTimeZone.IsAmbiguous(local, zone);

    /// <summary>The instant it means, or why it means none; neither for a time that is not typed to its end.</summary>
    public (DateTime? Utc, string? Problem) In(TimeZoneInfo zone) => Typed is { } local ? PageTimeZone.ToUtc(local, zone, Ambiguous) : (null, null);

    /// <summary>The instant it means, of a field that may stay empty; a year that cannot be is left for the service to refuse.</summary>
    /// <param name="zone">Whose clock it was typed on.</param>
    /// <param name="field">The field that the message stands beside.</param>
    /// <exception cref="InvalidInputException">The clocks skip it, or go back over it and nobody said which is meant.</exception>
    public DateTime? ToUtc(TimeZoneInfo zone, string field)
    {
        if (Local is not { } local)
            return null;
        var (utc, problem) = In(zone);
        return problem is null ? utc ?? PageTimeZone.ToUtcLenient(local, zone) : throw new InvalidInputException(new Dictionary<string, string> { [field] = problem });
    }

    /// <summary>
    /// Whether it means a moment that has been, or nothing is typed, which is <c>null</c>: what a service takes for a time of the past. For what a
    /// form says of it while it is typed.
    /// </summary>
    public bool IsPast(TimeZoneInfo zone, DateTime now, out DateTime? utc)
    {
        utc = In(zone).Utc;
        return Local is null || utc <= now;
    }

    // While a year is typed, the field passes through year 2 and 20; the service refuses these.
    private DateTime? Typed => Local is { Year: >= 2000 and <= 9000 } local ? local : null;
}
