using System.Diagnostics;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries.Telemetry;

/// <summary>
/// Traces that lead from a save to the POSTs it causes: <c>save</c> → <c>hand over</c> → <c>deliver</c> → <c>POST</c>, all in the save's trace;
/// a retry is one more <c>deliver</c> there, linked to the attempt before it. They carry numbers, types and states, and of an address the
/// host; nothing of them goes out with a request (contract section 1).
/// </summary>
/// <remarks>
/// The way over the gap between save and send: this process remembers a save's context until its deliveries have jobs, and a job carries it
/// as a parameter, so that it lasts as long as the job. Where both are lost (SQLite's jobs are in memory) a delivery that is handed over
/// again begins a trace of its own; its number leads on.
/// </remarks>
public sealed class DeliveryTracing
{
    public const string Name = "ATStatus";

    /// <summary>The job's parameter with the hand-over's context, as W3C writes it.</summary>
    internal const string HandOverParameter = "traceparent";

    /// <summary>The job's parameter with the context of the last attempt that failed.</summary>
    internal const string LastAttemptParameter = "traceparent-last-attempt";

    private const string IdTag = "atstatus.delivery.id";
    private const string EventTag = "atstatus.event.type";
    private const string StateTag = "atstatus.delivery.state";
    private const string AttemptTag = "atstatus.attempt.number";

    /// <summary>Of how many deliveries the cause is remembered, the last ones: a long queue to a dead endpoint must not fill memory.</summary>
    private const int Remembered = 10_000;

    private static readonly ActivitySource Source = new(Name);

    private readonly Lock _lock = new();
    private readonly Dictionary<long, ActivityContext> _contexts = [];
    private readonly Queue<long> _order = new();

    internal static bool IsOn => Source.HasListeners();

    /// <summary>Begins the trace of a save; disposed without having been <see cref="SaveTrace.Committed"/> it counts as failed.</summary>
    /// <param name="what">What the person was editing: one of a few words.</param>
    internal SaveTrace BeginSave(string what)
    {
        var activity = Start("save", ActivityKind.Internal);
        activity?.SetTag("atstatus.save.subject", what);
        return new SaveTrace(this, activity);
    }

    /// <summary>Begins the trace of a new round of attempts that a person asks for.</summary>
    internal Activity? BeginRedelivery(long deliveryId)
    {
        var activity = Start("redeliver", ActivityKind.Internal);
        activity?.SetTag(IdTag, deliveryId);
        Remember(activity, deliveryId);
        return activity;
    }

    /// <summary>A delivery gets its job; null where nothing is known of what caused it.</summary>
    internal Activity? HandOver(long deliveryId)
    {
        if (!IsOn || Take(deliveryId) is not { } cause)
            return null;
        var activity = Source.StartActivity("hand over", ActivityKind.Producer, cause);
        activity?.SetTag(IdTag, deliveryId);
        return activity;
    }

    /// <summary>An event gets its job; null where nothing is known of what caused it.</summary>
    internal Activity? HandOverEvent(long eventId)
    {
        if (!IsOn || Take(-eventId) is not { } cause)
            return null;
        var activity = Source.StartActivity("hand over", ActivityKind.Producer, cause);
        activity?.SetTag("atstatus.event.id", eventId);
        return activity;
    }

    /// <summary>Keeps what has caused an event until it has a job.</summary>
    internal void RememberEvent(Activity? cause, long eventId) => Remember(cause, -eventId);

    internal static Activity? BeginRun(long deliveryId, JobRun run)
    {
        if (!IsOn)
            return null;
        ActivityLink[]? links = Parse(run.LastAttempt) is { } last ? [new ActivityLink(last)] : null;
        var activity = Parse(run.HandOver) is { } cause
            ? Source.StartActivity("deliver", ActivityKind.Consumer, cause, links: links)
            : StartRoot("deliver", ActivityKind.Consumer, links);
        activity?.SetTag(IdTag, deliveryId);
        return activity;
    }

    internal static Activity? BeginEventRun(long eventId, JobRun run)
    {
        if (!IsOn)
            return null;
        var activity = Parse(run.HandOver) is { } cause
            ? Source.StartActivity("send event", ActivityKind.Consumer, cause)
            : StartRoot("send event", ActivityKind.Consumer, null);
        activity?.SetTag("atstatus.event.id", eventId);
        return activity;
    }

    /// <summary>A first attempt within an event's job begins.</summary>
    /// <param name="run">The context of the event's run; null where nobody listens.</param>
    internal static Activity? BeginFirst(long deliveryId, ActivityContext? run)
    {
        if (!IsOn)
            return null;
        var activity = run is { } cause ? Source.StartActivity("deliver", ActivityKind.Internal, cause) : StartRoot("deliver", ActivityKind.Internal, null);
        activity?.SetTag(IdTag, deliveryId);
        return activity;
    }

    /// <summary>The run found out what it is to send.</summary>
    internal static void Claimed(Activity? run, Claim claim)
    {
        run?.SetTag(EventTag, claim.EventType.WireName());
        run?.SetTag(AttemptTag, claim.Row.AttemptCount);
    }

    /// <summary>The run's attempt is written down. One that failed is kept in the job, for the next to be linked to.</summary>
    /// <param name="run">The run, or the first attempt within an event's.</param>
    /// <param name="recorded">Where the delivery stands.</param>
    /// <param name="job">The job; null for an event's, which makes no second attempt.</param>
    internal static void Recorded(Activity? run, RecordedAttempt recorded, JobRun? job = null)
    {
        if (run is null)
            return;
        run.SetTag(StateTag, recorded.State.WireName());
        if (recorded.State == DeliveryState.Delivered)
            return;
        run.SetStatus(ActivityStatusCode.Error);
        if (run.Recorded)
            job?.KeepLastAttempt?.Invoke(run.Id!);
    }

    /// <summary>The run made no attempt: the delivery waits for something.</summary>
    internal static void Held(Activity? run, HoldReason hold) => run?.SetTag("atstatus.hold.reason", DeliveryMetrics.NameOf(hold));

    /// <summary>One send begins. The names are those of OpenTelemetry's HTTP conventions.</summary>
    internal static Activity? BeginPost(Claim claim, Uri url)
    {
        var activity = Start("POST", ActivityKind.Client);
        if (activity is not { IsAllDataRequested: true })
            return activity;
        activity.SetTag("http.request.method", "POST");
        activity.SetTag("server.address", url.Host);
        activity.SetTag("server.port", url.Port);
        activity.SetTag(IdTag, claim.DeliveryId);
        activity.SetTag(EventTag, claim.EventType.WireName());
        activity.SetTag(AttemptTag, claim.Row.AttemptCount);
        if (claim.Row.IsTest)
            activity.SetTag("atstatus.delivery.test", true);
        return activity;
    }

    internal static void Sent(Activity? post, SendResult result)
    {
        if (post is null)
            return;
        if (result.StatusCode is { } status)
            post.SetTag("http.response.status_code", status);
        if (result.Failure is not { } failure)
            return;
        post.SetTag("error.type", failure.WireName());
        post.SetStatus(ActivityStatusCode.Error);
    }

    /// <summary>Keeps what has caused a delivery until it has a job.</summary>
    internal void Remember(Activity? cause, long deliveryId)
    {
        if (cause is null)
            return;
        lock (_lock)
        {
            _contexts[deliveryId] = cause.Context;
            _order.Enqueue(deliveryId);
            while (_order.Count > Remembered)
                _contexts.Remove(_order.Dequeue());
        }
    }

    private ActivityContext? Take(long deliveryId)
    {
        lock (_lock)
            return _contexts.Remove(deliveryId, out var context) ? context : null;
    }

    private static ActivityContext? Parse(string? traceParent) =>
        ActivityContext.TryParse(traceParent, null, isRemote: true, out var context) ? context : null;

    /// <summary>
    /// Below what is current, where that is recorded. The web framework makes an activity for each request, and a console's circuit is one
    /// request for hours, which nobody records: below such a one, samplers would drop what happens.
    /// </summary>
    private static Activity? Start(string name, ActivityKind kind) =>
        Activity.Current is { Recorded: true } ? Source.StartActivity(name, kind) : StartRoot(name, kind, null);

    /// <summary>For use in asynchronous methods, which give their caller back what was current.</summary>
    private static Activity? StartRoot(string name, ActivityKind kind, IEnumerable<ActivityLink>? links)
    {
        if (!IsOn)
            return null;
        Activity.Current = null;
        return Source.StartActivity(name, kind, default(ActivityContext), links: links);
    }
}

/// <summary>The trace of one save.</summary>
/// <param name="tracing">Remembers it for the deliveries.</param>
/// <param name="activity">Null while nobody listens.</param>
internal sealed class SaveTrace(DeliveryTracing tracing, Activity? activity) : IDisposable
{
    private bool _isCommitted;

    /// <summary>The transaction is committed; to be called before the deliveries are handed over.</summary>
    public void Committed(IReadOnlyList<StoredEvent> events, IReadOnlyList<Delivery> deliveries)
    {
        _isCommitted = true;
        if (activity is null)
            return;
        activity.SetTag("atstatus.events", events.Count);
        activity.SetTag("atstatus.deliveries", deliveries.Count);
        foreach (var delivery in deliveries.Where(d => d is { State: DeliveryState.Pending, IsOwn: true }))
            tracing.Remember(activity, delivery.Id);
        foreach (var storedEvent in deliveries.Where(d => d.IsForEventJob).Select(d => d.EventId).Distinct())
            tracing.RememberEvent(activity, storedEvent);
    }

    public void Dispose()
    {
        if (!_isCommitted)
            activity?.SetStatus(ActivityStatusCode.Error);
        activity?.Dispose();
    }
}
