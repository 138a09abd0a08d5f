using ATStatus.Core.Model;
using CsCheck;

namespace ATStatus.Tests.Model;

/// <summary>However sends come, a rate limit lets no more through than it says, and no less than it could.</summary>
public sealed class RateLimitTests
{
    private static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

    private static readonly Gen<RateLimit> Limits = Gen.Select(
        Gen.Int[1, RateLimit.Most], Gen.Bool, (count, minute) => new RateLimit(count, minute ? TimeSpan.FromMinutes(1) : TimeSpan.FromSeconds(1)));

    [Fact]
    public void In_no_window_of_the_span_are_there_more_than_the_limit_and_the_burst()
    {
        Gen.Select(Limits, Gen.Int[0, 400].Array[1, 600]).Sample((limit, waits) =>
        {
            var (now, next, begun) = (Noon, (DateTime?)null, new List<DateTime>());
            foreach (var wait in waits)
            {
                // Short waits and long ones, and as many as there may be.
                now += TimeSpan.FromMilliseconds(wait % 7 == 0 ? wait * 100 : wait % 5 == 0 ? 0 : wait / 10.0);
                for (var taken = limit.Available(next, now); taken > 0; taken--)
                {
                    begun.Add(now);
                    next = limit.Next(next, now);
                }
            }
            for (int first = 0, last = 0; first < begun.Count; first++)
            {
                while (last < begun.Count && begun[last] - begun[first] < limit.Span)
                    last++;
                Assert.InRange(last - first, 1, limit.Count + limit.Burst);
            }
            Assert.True(begun.GroupBy(at => at).All(g => g.Count() <= limit.Burst));
        });
    }

    [Fact]
    public void Who_always_waits_gets_the_whole_rate_though_only_looked_at_four_times_a_second()
    {
        Limits.Sample(limit =>
        {
            var (next, begun) = ((DateTime?)null, 0);
            var seconds = Math.Max(10, (int)limit.Span.TotalSeconds * 2);
            for (var at = Noon; at < Noon.AddSeconds(seconds); at += TimeSpan.FromMilliseconds(250))
            {
                for (var taken = limit.Available(next, at); taken > 0; taken--, begun++)
                    next = limit.Next(next, at);
            }
            var most = limit.Count * (seconds / limit.Span.TotalSeconds);
            Assert.InRange(begun, most * 0.9 - 1, most + limit.Burst + 1);
        });
    }

    [Fact]
    public void A_clock_that_was_set_back_and_a_limit_that_was_raised_hold_nobody_up()
    {
        var limit = new RateLimit(60, TimeSpan.FromMinutes(1));
        var next = limit.Next(null, Noon.AddHours(1));
        Assert.InRange((WhenAvailable(limit, next, Noon) - Noon).TotalSeconds, 0, 1.5);
    }

    private static DateTime WhenAvailable(RateLimit limit, DateTime? next, DateTime from)
    {
        // What is in the way does not move with the clock.
        for (var at = from; ; at += TimeSpan.FromMilliseconds(50))
        {
            if (limit.Available(next, at) > 0 || at > from.AddMinutes(5))
                return at;
        }
    }
}
