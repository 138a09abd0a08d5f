namespace ATStatus.Core.Model;

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
    /// <summary>No clock is this far from UTC, jumps this far, or changes twice within twice this long.</summary>
    private static readonly TimeSpan Reach = TimeSpan.FromDays(1);

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
    /// The instants (UTC) at which a zone's clocks show a local time: none where they skip it, two where they go back over it.
    /// Judged by converting there and back: of all that .NET says about a zone, only the way from UTC is right for those whose
    /// winter is the exception (Europe/Dublin, Africa/Casablanca) as well.
    /// </summary>
    public static (DateTime? First, DateTime? Second) Instants(DateTime local, TimeZoneInfo zone)
    {
        var clock = DateTime.SpecifyKind(local, DateTimeKind.Utc);
        var before = AtOffsetOf(clock, Shift(clock, -Reach), zone);
        var after = AtOffsetOf(clock, Shift(clock, Reach), zone);
        return before is null || after is null || before == after
            ? (before ?? after, null)
            : before < after ? (before, after) : (after, before);
    }

    /// <summary>
    /// The instant (UTC) that a local time means. A time that the clocks skip, or one that happens twice while nobody
    /// said which, gives null and what to say about it.
    /// </summary>
    public static (DateTime? Utc, string? Problem) ToUtc(DateTime local, TimeZoneInfo zone, AmbiguousTime ambiguous = AmbiguousTime.Ask)
    {
        var (first, second) = Instants(local, zone);
        if (first is null)
        {
            var next = ToLocal(AfterGap(local, zone), zone);
            // Where the clocks go forward at midnight, it is the next day's.
            var day = next.Date == local.Date ? "" : FormattableString.Invariant($" on {next:d MMMM yyyy}");
            return (null, FormattableString.Invariant(
                $"{local:HH:mm} does not exist on {local:d MMMM yyyy} in {zone.Id}: the clocks go forward. The next time that exists is {next:HH:mm}{day}."));
        }
        if (second is null)
            return (first, null);
        if (ambiguous == AmbiguousTime.Ask)
            return (null, FormattableString.Invariant(
                $"{local:HH:mm} happens twice on {local:d MMMM yyyy} in {zone.Id}: the clocks go back. Choose the earlier or the later."));
        return (ambiguous == AmbiguousTime.Earlier ? first : second, null);
    }

    public static bool IsAmbiguous(DateTime local, TimeZoneInfo zone) => Instants(local, zone).Second is not null;

    /// <summary>
    /// The instant for a machine that cannot ask, the first from which on the clocks show that time or a later one: a skipped
    /// time becomes the moment after the gap, a doubled one its first.
    /// </summary>
    public static DateTime ToUtcLenient(DateTime local, TimeZoneInfo zone) => Instants(local, zone).First ?? AfterGap(local, zone);

    public static DateTime ToLocal(DateTime utc, TimeZoneInfo zone) =>
        DateTime.SpecifyKind(TimeZoneInfo.ConvertTimeFromUtc(DateTime.SpecifyKind(utc, DateTimeKind.Utc), zone), DateTimeKind.Unspecified);

    /// <summary>The instant at which the clocks show a time under the offset that holds at another instant; null where it does not hold by then.</summary>
    private static DateTime? AtOffsetOf(DateTime clock, DateTime other, TimeZoneInfo zone)
    {
        var utc = Shift(clock, other - ToLocal(other, zone));
        return ToLocal(utc, zone) == clock ? utc : null;
    }

    /// <summary>The instant at which the clocks jump over a time that they skip.</summary>
    private static DateTime AfterGap(DateTime local, TimeZoneInfo zone)
    {
        var (early, late) = (Shift(local, -Reach), Shift(local, Reach));
        while (late - early > TimeSpan.FromTicks(1))
        {
            var middle = early + (late - early) / 2;
            if (ToLocal(middle, zone) < local)
                early = middle;
            else
                late = middle;
        }
        return DateTime.SpecifyKind(late, DateTimeKind.Utc);
    }

    /// <summary>Adds, and stays within what a <see cref="DateTime"/> can be.</summary>
    private static DateTime Shift(DateTime time, TimeSpan by) =>
        new(Math.Clamp(time.Ticks + by.Ticks, DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks), DateTimeKind.Utc);
}
