using ATStatus.Core.Deliveries;
using ATStatus.Core.Sending;
using CsCheck;

namespace ATStatus.Tests.Deliveries;

/// <summary>The waits of a round for every choice of the settings, and what the longest of them is.</summary>
public sealed class RetryScheduleTests
{
    private static readonly TimeSpan LongestBackoff = TimeSpan.FromDays(30);

    /// <summary>Within what the settings allow.</summary>
    private static readonly Gen<WebhookOptions> AnyOptions =
        Gen.Select(Gen.Int[1, 20], Gen.Int[0, 86_400], Gen.Double[1, 100], Gen.Double[0, 1], (attempts, seconds, factor, jitter) =>
            new WebhookOptions
            {
                MaxAttempts = attempts,
                RetryBaseDelay = TimeSpan.FromSeconds(seconds),
                RetryFactor = factor,
                RetryJitter = jitter,
            });

    private static readonly Gen<TimeSpan?> AnyRetryAfter =
        Gen.Int[-10_000, 100_000].Select(seconds => seconds < 0 ? null : (TimeSpan?)TimeSpan.FromSeconds(seconds));

    [Fact]
    public void No_wait_of_a_round_is_longer_than_the_longest() =>
        Gen.Select(AnyOptions, Gen.Double[0, 1], Gen.Int[1, 19], AnyRetryAfter).Sample((options, chance, attempt, retryAfter) =>
        {
            var schedule = new RetrySchedule(options, new Chance(chance));
            attempt = Math.Min(attempt, Math.Max(1, options.MaxAttempts - 1));
            Assert.True(schedule.WaitAfter(attempt, retryAfter) <= schedule.LongestWait);
        });

    /// <summary>A longer one than any that can be would take what the clock wrote ahead of time for a wait.</summary>
    [Fact]
    public void The_longest_is_one_that_can_be() => AnyOptions.Sample(options =>
    {
        var schedule = new RetrySchedule(options, new Chance(1));
        var waits = Enumerable.Range(1, Math.Max(1, options.MaxAttempts - 1)).SelectMany(
            attempt => new[] { schedule.WaitAfter(attempt, null), schedule.WaitAfter(attempt, TimeSpan.MaxValue) });
        Assert.Equal(waits.Max(), schedule.LongestWait);
    });

    [Fact]
    public void Each_wait_is_the_one_before_times_the_factor_give_or_take_the_jitter() =>
        Gen.Select(AnyOptions, Gen.Double[0, 1], Gen.Int[1, 19]).Sample((options, chance, attempt) =>
        {
            var middle = options.RetryBaseDelay.TotalSeconds;
            for (var i = 1; i < attempt; i++)
                middle *= options.RetryFactor;
            var wait = new RetrySchedule(options, new Chance(chance)).WaitAfter(attempt, null);
            var (least, most) = (middle * (1 - options.RetryJitter), middle * (1 + options.RetryJitter));
            Assert.InRange(wait.TotalSeconds, Bounded(least) * (1 - 1e-9) - 1e-6, Bounded(most) * (1 + 1e-9) + 1e-6);
        });

    [Fact]
    public void What_the_receiver_asks_for_lengthens_a_wait_up_to_a_quarter_of_an_hour_and_never_shortens_it() =>
        Gen.Select(AnyOptions, Gen.Double[0, 1], Gen.Int[1, 19], Gen.Int[0, 100_000]).Sample((options, chance, attempt, seconds) =>
        {
            var schedule = new RetrySchedule(options, new Chance(chance));
            var (own, asked) = (schedule.WaitAfter(attempt, null), TimeSpan.FromSeconds(Math.Min(seconds, 900)));
            Assert.Equal(own > asked ? own : asked, schedule.WaitAfter(attempt, TimeSpan.FromSeconds(seconds)));
        });

    private static double Bounded(double seconds) => Math.Min(seconds, LongestBackoff.TotalSeconds);

    /// <summary>The same number each time it is asked.</summary>
    private sealed class Chance(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
