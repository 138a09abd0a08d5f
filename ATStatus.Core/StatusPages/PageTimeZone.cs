namespace ATStatus.Core.StatusPages;

/// <summary>Which of two instants is meant by a local time that happens twice, when clocks go back.</summary>
public enum AmbiguousTime
{
    /// <summary>Nobody said; such a time is an error.</summary>
    Ask,

    /// <summary>The first: summer time still holds.</summary>
    Earlier,

    /// <summary>The second: an hour of the clock later.</summary>
    Later,
}

/// <summary>Local times of a page's time zone and the instants they mean.</summary>
public static class PageTimeZone
{
    /// <summary>The zone of an IANA name.</summary>
    /// <returns>
    /// False for a name this system does not know, and for one that only Windows and .NET know, like
    /// <c>W. Europe Standard Time</c>: browsers do not.
    /// </returns>
    public static bool TryFind(string? name, out TimeZoneInfo zone)
    {
        if (!string.IsNullOrWhiteSpace(name) && TimeZoneInfo.TryFindSystemTimeZoneById(name, out var found) && found.HasIanaId)
        {
            zone = found;
            return true;
        }
        zone = TimeZoneInfo.Utc;
        return false;
    }

    /// <summary>
    /// The zone of a stored name; UTC where the system does not know it (any more). A name of Windows, which was taken once,
    /// still is its zone: times on the page must not jump.
    /// </summary>
    public static TimeZoneInfo Find(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    /// <summary>
    /// The instant (UTC) that a local time means. A time that the clocks skip, or one that happens twice while nobody
    /// said which, gives null and what to say about it.
    /// </summary>
    public static (DateTime? Utc, string? Problem) ToUtc(DateTime local, TimeZoneInfo zone, AmbiguousTime ambiguous = AmbiguousTime.Ask)
    {
        var clock = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(clock))
        {
            var after = AfterGap(clock, zone);
            return (null, FormattableString.Invariant(
                $"{clock:HH:mm} does not exist on {clock:d MMMM yyyy} in {zone.Id}: the clocks go forward. The next time that exists is {after:HH:mm}."));
        }
        if (!zone.IsAmbiguousTime(clock))
            return (TimeZoneInfo.ConvertTimeToUtc(clock, zone), null);
        if (ambiguous == AmbiguousTime.Ask)
            return (null, FormattableString.Invariant(
                $"{clock:HH:mm} happens twice on {clock:d MMMM yyyy} in {zone.Id}: the clocks go back. Choose the earlier or the later."));
        var offsets = zone.GetAmbiguousTimeOffsets(clock);
        var offset = ambiguous == AmbiguousTime.Earlier ? offsets.Max() : offsets.Min();
        return (DateTime.SpecifyKind(clock - offset, DateTimeKind.Utc), null);
    }

    /// <summary>The instant for a machine that cannot ask: a skipped time becomes the next that exists, a doubled one its first.</summary>
    public static DateTime ToUtcLenient(DateTime local, TimeZoneInfo zone)
    {
        var clock = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(clock))
            clock = AfterGap(clock, zone);
        return ToUtc(clock, zone, AmbiguousTime.Earlier).Utc!.Value;
    }

    /// <summary>The local time of an instant.</summary>
    public static DateTime ToLocal(DateTime utc, TimeZoneInfo zone) => TimeZoneInfo.ConvertTimeFromUtc(utc, zone);

    private static DateTime AfterGap(DateTime clock, TimeZoneInfo zone)
    {
        var at = new DateTime(clock.Year, clock.Month, clock.Day, clock.Hour, clock.Minute, 0);
        while (zone.IsInvalidTime(at))
            at = at.AddMinutes(1);
        return at;
    }
}
