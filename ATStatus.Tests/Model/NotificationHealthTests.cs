using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using CsCheck;

namespace ATStatus.Tests.Model;

/// <summary>What a notification's health makes of each result, and of results that come late.</summary>
public sealed class NotificationHealthTests
{
    private static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

    private static readonly WebhookOptions Options =
        new() { CircuitFailures = 2, CircuitProbeDelay = TimeSpan.FromSeconds(30), MaxAttempts = 3 };

    public static TheoryData<FailureKind?> EveryOutcome { get; } =
        new(Enum.GetValues<FailureKind>().Select(kind => (FailureKind?)kind).Append(null));

    /// <summary>Some of these many sends began before the circuit opened and end after it, in any order with the probes.</summary>
    [Fact]
    public void Only_sends_that_began_at_the_probe_s_time_or_later_lengthen_the_wait_for_the_next() =>
        Gen.Select(Gen.Int[-120, 40], Gen.Int[0, 20]).Array[1, 25].Sample(results =>
        {
            var health = Opened();
            var (now, failed, next) = (Noon, 0, Noon.AddSeconds(30));
            foreach (var (begun, passed) in results)
            {
                // Told from the probe's time, so that both sides of it, and the moment itself, come often.
                var at = next.AddSeconds(Math.Min(begun, 20));
                now = (at > now ? at : now).AddSeconds(passed);
                health.Record(Waiting(), Failed(FailureKind.HttpStatus, at), now, Options);
                if (at >= next)
                    next = now + Delay(++failed);
                Assert.Equal((Noon, next, failed), (health.OpenedAt!.Value, health.NextProbeAt!.Value, health.FailedProbes));
            }
        });

    [Fact]
    public void A_send_that_was_under_way_when_the_circuit_opened_leaves_the_probe_where_it_is()
    {
        var health = Opened();
        health.Record(Waiting(), Failed(FailureKind.Timeout, Noon.AddSeconds(-9)), Noon.AddSeconds(1), Options);
        health.Record(Waiting(), Failed(FailureKind.Timeout, Noon.AddSeconds(29)), Noon.AddSeconds(39), Options);
        Assert.Equal((Noon.AddSeconds(30), 0), (health.NextProbeAt!.Value, health.FailedProbes));

        health.Record(Waiting(), Failed(FailureKind.Timeout, Noon.AddSeconds(30)), Noon.AddSeconds(40), Options);
        Assert.Equal((Noon.AddSeconds(100), 1), (health.NextProbeAt!.Value, health.FailedProbes));
    }

    [Theory]
    [MemberData(nameof(EveryOutcome))]
    public void It_timed_out_last_for_as_long_as_that_was_the_last(FailureKind? after)
    {
        var health = NotificationHealth.Fresh(1, Noon);
        foreach (var kind in new[] { FailureKind.Timeout, after, FailureKind.Timeout })
        {
            health.Record(Waiting(), Outcome(kind, Noon), Noon, Options);
            Assert.Equal(kind == FailureKind.Timeout, health.LastTimedOut);
        }
        health.Reset(Noon);
        Assert.False(health.LastTimedOut);
    }

    [Fact]
    public void The_circuit_closes_with_a_success_whenever_that_send_began()
    {
        foreach (var begun in new[] { -60, 0, 30, 90 })
        {
            var health = Opened();
            health.Record(Waiting(), Outcome(null, Noon.AddSeconds(begun)), Noon.AddSeconds(100), Options);
            Assert.Equal((false, null, 0), (health.IsOpen, health.NextProbeAt, health.FailedProbes));
            Assert.Equal(Noon.AddSeconds(100), health.DrainingSince);
        }
    }

    /// <summary>At noon, by the second of two failures that both began before.</summary>
    private static NotificationHealth Opened()
    {
        var health = NotificationHealth.Fresh(1, Noon.AddHours(-1));
        health.Record(Waiting(), Failed(FailureKind.HttpStatus, Noon.AddSeconds(-30)), Noon.AddSeconds(-20), Options);
        Assert.False(health.IsOpen);
        health.Record(Waiting(), Failed(FailureKind.HttpStatus, Noon.AddSeconds(-10)), Noon, Options);
        Assert.Equal((Noon, Noon.AddSeconds(30)), (health.OpenedAt!.Value, health.NextProbeAt!.Value));
        return health;
    }

    private static TimeSpan Delay(int failedProbes)
    {
        var delay = Options.CircuitProbeDelay;
        for (var i = 0; i < failedProbes && delay < WebhookOptions.LongestProbeDelay; i++)
            delay *= 2;
        return delay < WebhookOptions.LongestProbeDelay ? delay : WebhookOptions.LongestProbeDelay;
    }

    private static Delivery Waiting() => Delivery.For(
        new StoredEvent { Type = EventType.IncidentCreated, Title = "Down", Payload = [] },
        new Notification { Id = 1, Kind = "webhook", Name = "Receiver", Transport = new() { ProtectedUrl = "" } }, Noon);

    private static SendResult Failed(FailureKind kind, DateTime begun) => Outcome(kind, begun);

    private static SendResult Outcome(FailureKind? failure, DateTime begun) => new()
    {
        StartedAt = begun,
        Duration = TimeSpan.Zero,
        Failure = failure,
        StatusCode = failure switch { null => 200, FailureKind.HttpStatus => 500, _ => null },
    };
}
