using ATStatus.Core.Model;
using Cronos;

namespace ATStatus.Tests.Maintenance;

/// <summary>
/// Series over ten years of every distinct set of rules among the IANA zones, against a reading of the clock minute by minute.
/// <c>ATSTATUS_TEST_ALL_TIMES=1</c> makes it the whole grid: each quarter hour within three days of each transition, and 10,000 random
/// instants of each set; without it, two transitions of each set, the quarter hours near them, and fewer instants.
/// </summary>
public sealed class SeriesOverClockChangesTests
{
    private const string WholeGridVariable = "ATSTATUS_TEST_ALL_TIMES";
    private static readonly bool WholeGrid = Environment.GetEnvironmentVariable(WholeGridVariable) is { Length: > 0 };
    private static readonly DateTime From = new(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc);
    private static readonly DateTime Until = From.AddYears(10);
    private static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    private static readonly Rule[] Rules =
    [
        new("0 1 * * 0", t => t is { Minute: 0, Hour: 1, DayOfWeek: DayOfWeek.Sunday }, Repeats: false, TimeSpan.FromMinutes(30)),
        new("30 2 * * *", t => t is { Minute: 30, Hour: 2 }, Repeats: false, TimeSpan.FromHours(3)),
        new("0 0 * * *", t => t is { Minute: 0, Hour: 0 }, Repeats: false, TimeSpan.FromHours(24)),
        new("15,45 1,2 * * *", t => t is { Minute: 15 or 45, Hour: 1 or 2 }, Repeats: false, TimeSpan.FromMinutes(30)),
        new("*/15 * * * *", t => t.Minute % 15 == 0, Repeats: true, TimeSpan.FromMinutes(15)),
        new("0 0-3 * * *", t => t is { Minute: 0, Hour: <= 3 }, Repeats: true, TimeSpan.FromMinutes(60)),
        new("45 23 L * *", t => t is { Minute: 45, Hour: 23 } && t.Day == DateTime.DaysInMonth(t.Year, t.Month), Repeats: false, TimeSpan.FromHours(26)),
    ];

    private static readonly Lazy<List<Zone>> Zones = new(DistinctZones);

    /// <summary>A rule, and what it says in C#.</summary>
    private sealed record Rule(string Text, Func<DateTime, bool> Names, bool Repeats, TimeSpan Duration)
    {
        public MaintenanceSeries In(TimeZoneInfo zone) => new() { Rule = Text, TimeZone = zone.Id, Duration = Duration };
    }

    /// <summary>The first zone of those that change their clocks at the same moments by the same steps.</summary>
    private sealed record Zone(TimeZoneInfo Info, IReadOnlyList<DateTime> Transitions);

    [Fact]
    public void The_zones_are_those_of_the_whole_world()
    {
        Assert.InRange(Zones.Value.Count, 40, 200);
        Assert.Contains(Zones.Value, zone => zone.Info.Id is "Africa/Casablanca" or "Africa/El_Aaiun" && zone.Transitions.Count > 10);
        Assert.Contains(Zones.Value, zone => zone.Info.Id == "Europe/Dublin" || zone.Transitions.SequenceEqual(TransitionsOf(TimeZoneInfo.FindSystemTimeZoneById("Europe/Dublin"))));
    }

    [Fact]
    public void Near_each_change_of_the_clocks_the_next_window_is_what_the_clock_on_the_wall_says()
    {
        var wrong = new List<string>();
        foreach (var zone in Zones.Value)
            foreach (var transition in WholeGrid ? zone.Transitions : zone.Transitions.Take(2))
                foreach (var rule in Rules)
                    Compare(zone.Info, transition, rule, wrong);
        Assert.True(wrong.Count == 0, string.Join(Environment.NewLine, wrong.Take(40)));
    }

    [Fact]
    public void At_any_instant_the_next_start_is_later_and_the_same_for_all_instants_before_it()
    {
        var random = new Random(12);
        foreach (var zone in Zones.Value)
        {
            foreach (var rule in Rules)
            {
                var series = rule.In(zone.Info);
                for (var i = (WholeGrid ? 10_000 : 140) / Rules.Length; i >= 0; i--)
                {
                    var at = From.AddTicks(random.NextInt64((Until - From).Ticks));
                    var next = series.NextStart(at)!.Value;
                    Assert.True(next > at, $"{zone.Info.Id} {rule.Text}: {next:O} after {at:O}");
                    Assert.Equal(next, series.NextStart(next.AddTicks(-1)));
                    Assert.Equal(next, series.NextStart(at.AddTicks(random.NextInt64((next - at).Ticks))));
                }
            }
        }
    }

    [Theory]
    [InlineData("Europe/Berlin")]
    [InlineData("America/New_York")]
    [InlineData("Australia/Lord_Howe")]
    public void Where_the_library_reads_a_zone_right_it_says_the_same(string name)
    {
        var zone = TimeZoneInfo.FindSystemTimeZoneById(name);
        foreach (var rule in Rules)
            foreach (var at in TransitionsOf(zone).Take(2).SelectMany(transition => Around(transition, TimeSpan.FromHours(12), Minute * 15)))
                Assert.Equal(CronExpression.Parse(rule.Text).GetNextOccurrence(at, zone), rule.In(zone).NextStart(at));
    }

    [Fact]
    public void Every_local_time_leads_back_to_its_instants()
    {
        foreach (var zone in Zones.Value)
        {
            foreach (var transition in WholeGrid ? zone.Transitions : zone.Transitions.Take(2))
            {
                foreach (var at in Around(transition, TimeSpan.FromHours(26), Minute * 15))
                {
                    var local = PageTimeZone.ToLocal(at, zone.Info);
                    var (first, second) = PageTimeZone.Instants(local, zone.Info);
                    Assert.True(first == at || second == at, $"{zone.Info.Id}: {local} is not shown at {at:O}");
                    Assert.True(second is null || (second > first && PageTimeZone.ToLocal(second.Value, zone.Info) == local));
                    Assert.Equal(local, PageTimeZone.ToLocal(first!.Value, zone.Info));
                }
            }
        }
    }

    private static void Compare(TimeZoneInfo zone, DateTime transition, Rule rule, List<string> wrong)
    {
        var series = rule.In(zone);
        var (begin, end) = (transition - 4 * Day, transition + 11 * Day);
        var starts = Starts(zone, rule, begin, end);
        var reach = WholeGrid ? 3 * Day : Day / 2;
        foreach (var at in Around(transition, reach, Minute * 15).Concat(Around(transition, 3 * Day, TimeSpan.FromHours(3))))
        {
            var expected = starts.FirstOrDefault(start => start.At > at).At;
            var next = series.NextStart(at);
            if (expected == default ? next is null || next <= end : next != expected)
                wrong.Add($"{zone.Id} {rule.Text}: after {at:u} comes {next:u}, not {expected:u}");
        }
        for (var i = 0; i + 1 < starts.Count && starts[i].At < transition + 3 * Day; i++)
        {
            var ((at, clock), following) = (starts[i], starts[i + 1].At);
            if (series.NextWindow(at.AddTicks(-1)) is not var (start, over) || start != at || over <= start || over > following)
                wrong.Add($"{zone.Id} {rule.Text}: the window at {at:u} is {series.NextWindow(at.AddTicks(-1))}, the one after it at {following:u}");
            else if (!(over == following || over - start == rule.Duration || (!rule.Repeats && ShowsEnd(zone, clock + rule.Duration, over))))
                wrong.Add($"{zone.Id} {rule.Text}: the window at {at:u} ends at {over:u}");
        }
    }

    /// <summary>The clock shows the end, or has just skipped it.</summary>
    private static bool ShowsEnd(TimeZoneInfo zone, DateTime end, DateTime over) =>
        Local(over, zone) == end || (Local(over, zone) > end && Local(over.AddTicks(-1), zone) < end);

    /// <summary>What a rule names between two instants, read off the clock minute by minute.</summary>
    private static List<(DateTime At, DateTime Clock)> Starts(TimeZoneInfo zone, Rule rule, DateTime begin, DateTime end)
    {
        var found = new List<(DateTime, DateTime)>();
        var latest = Local(begin - 2 * Day, zone);
        for (var at = begin - 2 * Day + Minute; at <= end; at += Minute)
        {
            var shown = Local(at, zone);
            var named = rule.Names(shown) && (shown > latest || rule.Repeats) ? shown : (DateTime?)null;
            for (var skipped = latest + Minute; skipped < shown; skipped += Minute)
                if (rule.Names(skipped))
                {
                    named = skipped;
                    break;
                }
            if (named is { } clock && at >= begin)
                found.Add((at, clock));
            latest = shown > latest ? shown : latest;
        }
        return found;
    }

    private static IEnumerable<DateTime> Around(DateTime transition, TimeSpan reach, TimeSpan step)
    {
        for (var at = transition - reach; at <= transition + reach; at += step)
            yield return at;
    }

    private static List<Zone> DistinctZones() =>
        [.. from zone in TimeZoneInfo.GetSystemTimeZones()
            where zone.HasIanaId
            let transitions = TransitionsOf(zone)
            group new Zone(zone, transitions) by string.Join(' ', transitions.Select(at => $"{at:yyMMddHHmm}{Offset(at, zone)}").Prepend($"{Offset(From, zone)}")) into same
            select same.OrderBy(zone => zone.Info.Id, StringComparer.Ordinal).First()];

    /// <summary>The instants from which on another offset holds.</summary>
    private static List<DateTime> TransitionsOf(TimeZoneInfo zone)
    {
        var found = new List<DateTime>();
        for (var at = From; at < Until; at += Day)
        {
            if (Offset(at, zone) == Offset(at + Day, zone))
                continue;
            var (before, after) = (at, at + Day);
            while (after - before > Minute)
            {
                var middle = before.AddMinutes(Math.Floor((after - before).TotalMinutes / 2));
                (before, after) = Offset(middle, zone) == Offset(before, zone) ? (middle, after) : (before, middle);
            }
            found.Add(after);
        }
        return found;
    }

    private static TimeSpan Offset(DateTime utc, TimeZoneInfo zone) => Local(utc, zone) - utc;

    private static DateTime Local(DateTime utc, TimeZoneInfo zone) => TimeZoneInfo.ConvertTimeFromUtc(utc, zone);
}
