using System.Diagnostics.Metrics;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries.Telemetry;

/// <summary>
/// What the engine measures, under the meter <see cref="Name"/>; the names are documented in <c>docs/operating.md</c>. Counted is what is
/// committed; tests are not. Tags are few and closed sets: neither addresses nor names that people typed.
/// </summary>
public sealed class DeliveryMetrics
{
    public const string Name = "ATStatus";

    private const string EventTypeTag = "atstatus.event.type";
    private const string StateTag = "atstatus.delivery.state";
    private const string OutcomeTag = "atstatus.attempt.outcome";
    private const string HoldTag = "atstatus.hold.reason";

    /// <summary>What the send ended with, where it failed (OpenTelemetry's general attribute).</summary>
    private const string FailureTag = "error.type";

    /// <summary>Those that OpenTelemetry recommends for HTTP, and three more: <see cref="WebhookOptions.Timeout"/> may be minutes.</summary>
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 30, 60, 300];

    private static readonly HoldReason?[] Holds = [null, .. Enum.GetValues<HoldReason>()];

    private readonly Counter<long> _events;
    private readonly Counter<long> _settled;
    private readonly Counter<long> _attempts;
    private readonly Histogram<double> _duration;
    private readonly DeliveryBacklog _backlog;

    /// <summary>Makes the instruments. The meter lives as long as <paramref name="factory"/>.</summary>
    public DeliveryMetrics(IMeterFactory factory, ConcurrencyLimiter limiter, DeliveryBacklog backlog)
    {
        _backlog = backlog;
        var meter = factory.Create(Name);
        _events = meter.CreateCounter<long>("atstatus.events.recorded", "{event}", "Events recorded.");
        _settled = meter.CreateCounter<long>("atstatus.deliveries.settled", "{delivery}", "Deliveries that were delivered, failed or were skipped.");
        _attempts = meter.CreateCounter<long>("atstatus.attempts", "{attempt}", "Attempts written down.");
        _duration = meter.CreateHistogram(
            "atstatus.send.duration", "s", "From the beginning of a send to the response's headers, or to the failure.",
            advice: new InstrumentAdvice<double> { HistogramBucketBoundaries = Seconds });
        meter.CreateObservableUpDownCounter("atstatus.sends.active", () => limiter.Taken, "{send}", "Sends under way in this process.");
        meter.CreateObservableGauge("atstatus.queue.age", Ages, "s", "How long the oldest delivery that is due and not settled has waited.");
        meter.CreateObservableGauge("atstatus.deliveries.waiting", Waiting, "{delivery}", "Deliveries that are due and wait to be sent.");
        meter.CreateObservableGauge("atstatus.circuits.open", OpenCircuits, "{circuit}", "Notifications whose circuit is open.");
    }

    /// <summary>A unit of work is committed.</summary>
    internal void Saved(IReadOnlyList<StoredEvent> events, IReadOnlyList<Delivery> deliveries)
    {
        foreach (var storedEvent in events)
            _events.Add(1, new KeyValuePair<string, object?>(EventTypeTag, storedEvent.Type.WireName()));
        foreach (var delivery in deliveries)
        {
            if (delivery.State == DeliveryState.Skipped)
                Skipped(1);
        }
    }

    /// <summary>A claim's or a result's row is committed. To be called before the row forgets the attempts that were written with it.</summary>
    internal void Written(Delivery delivery)
    {
        if (delivery.IsTest)
            return;
        foreach (var attempt in delivery.Attempts)
            _attempts.Add(1, new KeyValuePair<string, object?>(OutcomeTag, OutcomeOf(attempt.Failure)));
        if (delivery.State == DeliveryState.Skipped)
            Skipped(1);
        else if (delivery.State.IsSettled())
            Settled(delivery.State, delivery.LastFailure);
    }

    /// <summary>Deliveries that waited were skipped.</summary>
    internal void Skipped(int count) => _settled.Add(count, new KeyValuePair<string, object?>(StateTag, DeliveryState.Skipped.WireName()));

    /// <summary>Attempts of processes that died were written down.</summary>
    internal void Abandoned(int count) =>
        _attempts.Add(count, new KeyValuePair<string, object?>(OutcomeTag, OutcomeOf(FailureKind.Cancelled)));

    /// <summary>A send has ended; it is not written down yet.</summary>
    internal void Sent(SendResult result) =>
        _duration.Record(result.Duration.TotalSeconds, new KeyValuePair<string, object?>(OutcomeTag, OutcomeOf(result.Failure)));

    private void Settled(DeliveryState state, FailureKind? failure)
    {
        var name = new KeyValuePair<string, object?>(StateTag, state.WireName());
        if (failure is { } kind)
            _settled.Add(1, name, new KeyValuePair<string, object?>(FailureTag, kind.WireName()));
        else
            _settled.Add(1, name);
    }

    private IEnumerable<Measurement<double>> Ages() => _backlog.Read() is { } reading
        ? Holds.Select(hold => new Measurement<double>(reading.Of(hold).Age.TotalSeconds, ReasonOf(hold)))
        : [];

    private IEnumerable<Measurement<long>> Waiting() => _backlog.Read() is { } reading
        ? Holds.Select(hold => new Measurement<long>(reading.Of(hold).Waiting, ReasonOf(hold)))
        : [];

    private IEnumerable<Measurement<long>> OpenCircuits() => _backlog.Read() is { } reading ? [new Measurement<long>(reading.OpenCircuits)] : [];

    private static string OutcomeOf(FailureKind? failure) => failure?.WireName() ?? "success";

    private static KeyValuePair<string, object?> ReasonOf(HoldReason? hold) => new(HoldTag, NameOf(hold));

    internal static string NameOf(HoldReason? hold) => hold switch
    {
        null => "none",
        HoldReason.Capacity => "capacity",
        HoldReason.Circuit => "circuit",
        HoldReason.Order => "order",
        HoldReason.SlowEndpoints => "slow_endpoints",
        HoldReason.Rate => "rate",
        HoldReason.Paused => "paused",
        _ => throw new ArgumentOutOfRangeException(nameof(hold)),
    };
}
