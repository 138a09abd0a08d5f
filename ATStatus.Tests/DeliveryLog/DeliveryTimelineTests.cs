using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Tests.DeliveryLog;

/// <summary>The story that a delivery's timeline tells, for every way in which a delivery can have gone.</summary>
public sealed class DeliveryTimelineTests
{
    private static readonly DateTime Noon = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

    [Fact]
    public void Waits_are_told_and_what_is_too_short_is_not() => Assert.Equal(
        "saved | 1 | passed 60 | 2 | passed 300 | 3 | Failed",
        Story(DeliveryState.Failed, [Attempt(1, 1.4), Attempt(2, 61.5), Attempt(3, 361.6)]));

    [Fact]
    public void A_long_wait_for_the_first_attempt_was_in_the_queue() => Assert.Equal(
        "saved | queued 12 | 1 | Delivered", Story(DeliveryState.Delivered, [Attempt(1, 12, failure: null)]));

    [Fact]
    public void Each_redelivery_is_a_round() => Assert.Equal(
        "saved | 1 | passed 60 | 2 | round 2 | 3 | round 3 | 4 | next 5",
        Story(DeliveryState.Retrying, [Attempt(1, 0), Attempt(2, 60.1), Redelivered(3, 600), Redelivered(4, 700)], redelivery: true, counted: 1));

    [Fact]
    public void One_that_was_skipped_first_says_so() => Assert.Equal(
        "saved | round 2 after skip | 1 | Delivered", Story(DeliveryState.Delivered, [Redelivered(1, 900, failure: null)]));

    [Fact]
    public void A_round_that_was_asked_for_shows_before_its_first_attempt()
    {
        Assert.Equal("saved | 1 | round 2 | next 2", Story(DeliveryState.Pending, [Attempt(1, 0)], redelivery: true));
        Assert.Equal("saved | round 2 after skip | next 1", Story(DeliveryState.Pending, [], redelivery: true));
        Assert.Equal("saved | 1 | round 2 | under way 2", Story(DeliveryState.Sending, [Attempt(1, 0)], redelivery: true));
        Assert.Equal("saved | 1 | round 2 | 2 | next 3", Story(DeliveryState.Retrying, [Attempt(1, 0), Redelivered(2, 600)], redelivery: true, counted: 1));
    }

    [Fact]
    public void An_attempt_that_a_crash_cut_off_does_not_end_its_round()
    {
        DeliveryAttempt[] attempts = [Attempt(1, 0), Redelivered(2, 600, FailureKind.Cancelled)];
        Assert.Equal("saved | 1 | round 2 | 2 | next 3", Story(DeliveryState.Retrying, attempts, redelivery: true));
        Assert.Equal(
            "saved | 1 | round 2 | 2 | passed 30 | 3 | Delivered",
            Story(DeliveryState.Delivered, [.. attempts, Redelivered(3, 630.1, failure: null)], redelivery: true, counted: 1));
    }

    [Theory]
    [InlineData(HoldReason.Circuit)]
    [InlineData(HoldReason.Order)]
    public void What_is_held_says_why(HoldReason hold) => Assert.Equal($"saved | next 1 held {hold}", Story(DeliveryState.Pending, [], hold: hold));

    [Fact]
    public void What_was_skipped_ends_at_once() => Assert.Equal("saved | Skipped", Story(DeliveryState.Skipped, []));

    [Fact]
    public void The_time_of_an_attempt_is_divided_among_its_steps()
    {
        Assert.Equal("Lookup 1, Connect 2, Tls 30, Wait 67", Steps(100, 1, 2, 30, status: 200));
        Assert.Equal("Wait 100", Steps(100, null, null, null, status: 200));
        Assert.Equal("Lookup 0, Connect 0, Wait 1", Steps(1, 0, 0, null, status: 204));
        // The step that used up the time is the last one; a moment until it was noticed is no wait.
        Assert.Equal("Lookup 10000", Steps(10_000, 9_990, null, null));
        Assert.Equal("Lookup 1, Connect 9999", Steps(10_000, 1, 9_980, null));
        Assert.Equal("Lookup 1, Connect 1, Tls 9998", Steps(10_000, 1, 1, 9_900));
        Assert.Equal("Lookup 1, Connect 1, Tls 30, Wait 9968", Steps(10_000, 1, 1, 30));
        Assert.Equal("Lookup 0, Connect 1, Wait 99", Steps(100, 0, 1, null));
        // Rounded one by one they may be longer than the whole.
        Assert.Equal("Lookup 2, Connect 1, Wait 0", Steps(3, 2, 2, null, status: 200));
        Assert.Null(AttemptTiming.Of(new DeliveryAttempt()));
    }

    [Theory]
    [InlineData(FailureKind.Connection, FailureCause.ConnectionRefused, 1, 1, null, "Lookup 1, Connect 2")]
    [InlineData(FailureKind.Connection, FailureCause.ConnectionRefused, null, 1, null, "Connect 3")]
    [InlineData(FailureKind.Connection, FailureCause.ConnectionReset, 0, 1, null, "Lookup 0, Connect 1, Wait 2")]
    [InlineData(FailureKind.Dns, null, 1, null, null, "Lookup 3")]
    [InlineData(FailureKind.Tls, FailureCause.CertificateUntrusted, 0, 1, 1, "Lookup 0, Connect 1, Tls 2")]
    [InlineData(FailureKind.AddressRefused, null, 1, null, null, "Lookup 3")]
    [InlineData(FailureKind.AddressRefused, null, null, null, null, null)]
    public void Nobody_waited_for_an_answer_to_what_was_not_sent(FailureKind kind, FailureCause? cause, int? lookup, int? connect, int? tls, string? steps)
    {
        var attempt = new DeliveryAttempt { DurationMs = 3, LookupMs = lookup, ConnectMs = connect, TlsMs = tls, Failure = kind, Error = cause?.DisplayText() };
        Assert.Equal(steps, AttemptTiming.Of(attempt) is { } timing ? string.Join(", ", timing.Steps.Select(s => FormattableString.Invariant($"{s.Step} {s.Ms}"))) : null);
    }

    private static string Steps(int total, int? lookup, int? connect, int? tls, int? status = null) => string.Join(", ", AttemptTiming.Of(new DeliveryAttempt
    {
        DurationMs = total,
        LookupMs = lookup,
        ConnectMs = connect,
        TlsMs = tls,
        StatusCode = status,
        Failure = status is null ? FailureKind.Timeout : null,
    })!.Steps.Select(s => FormattableString.Invariant($"{s.Step} {s.Ms}")));

    private static DeliveryAttempt Attempt(
        int number, double second, FailureKind? failure = FailureKind.HttpStatus, AttemptTrigger? trigger = null) => new()
        {
            Number = number,
            StartedAt = Noon.AddSeconds(second),
            DurationMs = failure == FailureKind.Cancelled ? 0 : 100,
            Failure = failure,
            Trigger = trigger ?? (number == 1 ? AttemptTrigger.Event : AttemptTrigger.Retry),
        };

    private static DeliveryAttempt Redelivered(int number, double second, FailureKind? failure = FailureKind.HttpStatus) =>
        Attempt(number, second, failure, AttemptTrigger.Redelivery);

    private static string Story(
        DeliveryState state, DeliveryAttempt[] attempts, bool redelivery = false, int counted = 0, HoldReason? hold = null)
    {
        var row = new DeliveryRow(
            1, EventType.IncidentCreated, "API errors", 1, "Receiver", state, null, false,
            state == DeliveryState.Sending ? attempts.Length + 1 : attempts.Length, state.IsSettled() ? null : Noon, Noon, null, null, hold);
        var detail = new DeliveryDetail(row, 1, Noon, "webhook", null, Guid.Empty, null, null, [], [.. attempts.Reverse()], null)
        {
            IsRedelivery = redelivery,
            RoundAttempts = counted,
        };
        return string.Join(" | ", DeliveryTimeline.Of(detail).Select(Word));
    }

    private static string Word(TimelineStep step) => step switch
    {
        TimelineStep.Saved => "saved",
        TimelineStep.Passed passed => FormattableString.Invariant($"{(passed.InQueue ? "queued" : "passed")} {passed.Time.TotalSeconds:0}"),
        TimelineStep.Round round => FormattableString.Invariant($"round {round.Number}{(round.WasSkipped ? " after skip" : "")}"),
        TimelineStep.Attempt attempt => FormattableString.Invariant($"{attempt.Made.Number}"),
        TimelineStep.UnderWay underWay => FormattableString.Invariant($"under way {underWay.Number}"),
        TimelineStep.Next next => FormattableString.Invariant($"next {next.Number}{(next.Hold is { } hold ? $" held {hold}" : "")}"),
        TimelineStep.Ended ended => ended.State.ToString(),
        _ => throw new InvalidOperationException(),
    };
}
