using System.Linq.Expressions;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;

namespace ATStatus.Core.Model;

/// <summary>
/// One event on its way to one notification. This row is the truth about it; a Hangfire job only carries its number.
/// All its steps are methods here, so that no state is written that the machine does not allow.
/// </summary>
public sealed class Delivery : IVersioned
{
    public const int SubjectLength = 40;

    public const int ReasonLength = 400;

    /// <summary>
    /// The subject of everything that goes to a chat channel that keeps its events in order: one message can be about several things, and what
    /// is about any of them comes behind it.
    /// </summary>
    public const string ChannelSubject = "channel";

    /// <summary>The database's number; the job's only argument.</summary>
    public long Id { get; set; }

    public long EventId { get; set; }

    public StoredEvent? Event { get; set; }

    /// <summary>The event's type: the log is filtered by it, and a join over millions would cost more than a column.</summary>
    public EventType EventType { get; set; }

    /// <summary>Who it goes to; null once that notification is deleted, and for a test of a form that was never saved.</summary>
    public int? NotificationId { get; set; }

    public Notification? Notification { get; set; }

    /// <summary>The notification's name when the event happened.</summary>
    public required string NotificationName { get; set; }

    public required string Kind { get; set; }

    /// <summary>The X-Request-ID of every attempt of this delivery, and of no other's.</summary>
    public Guid RequestId { get; set; }

    public DeliveryState State { get; internal set; }

    /// <summary>Why it was skipped or given up, in words.</summary>
    public string? Reason { get; internal set; }

    /// <summary>Why it waits although it is due; null while nothing holds it. A held delivery has no job and uses up no attempt.</summary>
    public HoldReason? Hold { get; internal set; }

    /// <summary>
    /// No event's job may claim it, only a job of its own: its notification keeps events in order, or it was held once, for whatever reason.
    /// </summary>
    public bool IsOwn { get; internal set; }

    /// <summary>
    /// What the event is about, as <c>incident/12</c>: deliveries of one subject keep their order where a notification asks for
    /// that. Null for a test.
    /// </summary>
    public string? Subject { get; set; }

    /// <summary>Why it was skipped, for those who choose by it; null while it is not.</summary>
    public SkipCause? SkipCause { get; internal set; }

    /// <summary>
    /// Why it is to be skipped once the attempt under way has failed: a person cancelled it meanwhile. Null unless it is being sent.
    /// </summary>
    public string? CancelReason { get; internal set; }

    /// <summary>What the last attempt failed with; null after a success and before the first.</summary>
    public FailureKind? LastFailure { get; internal set; }

    /// <summary>The last attempt's status code, where there was a response.</summary>
    public int? LastStatusCode { get; internal set; }

    /// <summary>Made by Send test: sent once, outside Hangfire, to a target of its own, and in no statistics.</summary>
    public bool IsTest { get; set; }

    /// <summary>A test's own target, encrypted; null otherwise.</summary>
    public string? TestProtectedUrl { get; set; }

    /// <summary>A test's own secret, encrypted; null otherwise or where there is none.</summary>
    public string? TestProtectedSecret { get; set; }

    /// <summary>The delivery whose message tells its event too, of the same save and for the same notification; null where it is sent itself.</summary>
    public long? CarrierId { get; internal set; }

    /// <summary>
    /// The form of its body where that is stored with it (<see cref="DeliveryBody"/>) and not the event's own: each attempt sends the same bytes. Null
    /// before the first claim, and where the event's payload is the body. A template that has failed stores none.
    /// </summary>
    public BodyKind? Body { get; internal set; }

    /// <summary>When it was recorded (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    /// <summary>When the next attempt may begin (UTC); null once settled.</summary>
    public DateTime? DueAt { get; internal set; }

    /// <summary>When it was settled (UTC).</summary>
    public DateTime? SettledAt { get; internal set; }

    /// <summary>How many attempts it had, cancelled ones included.</summary>
    public int AttemptCount { get; internal set; }

    /// <summary>How many attempts of the present round count against the limit.</summary>
    public int RoundAttempts { get; internal set; }

    /// <summary>The present round was asked for by a person.</summary>
    public bool IsRedelivery { get; internal set; }

    /// <summary>Which claim holds it; null while nobody sends it.</summary>
    public Guid? LeaseId { get; internal set; }

    /// <summary>When the claim began (UTC).</summary>
    public DateTime? LeasedAt { get; internal set; }

    /// <summary>Until when nobody else may send it (UTC).</summary>
    public DateTime? LeaseUntil { get; internal set; }

    /// <summary>The Hangfire job that carried it last.</summary>
    public string? JobId { get; internal set; }

    public int Version { get; set; }

    public List<DeliveryAttempt> Attempts { get; } = [];

    /// <summary>A delivery that may be sent from <paramref name="now"/> on, unless something holds it.</summary>
    public static Delivery For(StoredEvent @event, Notification notification, DateTime now, HoldReason? hold = null) => new()
    {
        EventId = @event.Id,
        Event = @event,
        EventType = @event.Type,
        Hold = hold,
        IsOwn = hold is not null || notification.InOrder,
        Subject = notification.InOrder && DeliverySenders.IsChat(notification.Kind) ? ChannelSubject : SubjectOf(@event),
        NotificationId = notification.Id,
        NotificationName = notification.Name,
        Kind = notification.Kind,
        RequestId = NewRequestId(),
        CreatedAt = now,
        DueAt = now,
        State = DeliveryState.Pending,
    };

    /// <summary>What <see cref="Subject"/> is for an event.</summary>
    public static string SubjectOf(StoredEvent @event) =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{@event.Type.Subject()}/{@event.SubjectId}");

    /// <summary>One that was just made by <see cref="For"/> and saved, or read and not changed since, as another reading of its row would give it.</summary>
    internal Delivery AsRead() => new()
    {
        Id = Id,
        EventId = EventId,
        EventType = EventType,
        Hold = Hold,
        IsOwn = IsOwn,
        Subject = Subject,
        NotificationId = NotificationId,
        NotificationName = NotificationName,
        Kind = Kind,
        RequestId = RequestId,
        CreatedAt = CreatedAt,
        DueAt = DueAt,
        State = State,
        Body = Body,
        Version = Version,
    };

    /// <summary>A test to a target of its own; nothing but <see cref="Claim"/> by its maker sends it.</summary>
    public static Delivery ForTest(
        StoredEvent @event, int? notificationId, string name, string kind, string protectedUrl, string? protectedSecret, DateTime now) => new()
        {
            Event = @event,
            EventType = @event.Type,
            NotificationId = notificationId,
            NotificationName = name,
            Kind = kind,
            RequestId = NewRequestId(),
            CreatedAt = now,
            DueAt = now,
            State = DeliveryState.Pending,
            IsTest = true,
            TestProtectedUrl = protectedUrl,
            TestProtectedSecret = protectedSecret,
        };

    /// <summary>A UUID that grows with the time: its index gets its new entries side by side, and not all over its pages.</summary>
    private static Guid NewRequestId() => Guid.CreateVersion7();

    public void Skip(DateTime now, SkipCause cause, string reason)
    {
        Settle(DeliveryState.Skipped, now, reason);
        SkipCause = cause;
    }

    /// <summary>Another delivery of the same save, already numbered, tells its event too.</summary>
    public void CarryBy(Delivery carrier, DateTime now)
    {
        Skip(now, Model.SkipCause.Carried, string.Create(System.Globalization.CultureInfo.InvariantCulture, $"Sent with #{carrier.Id}"));
        CarrierId = carrier.Id;
    }

    /// <summary>A person stops it: it is skipped, at once or when the attempt under way has ended without a 2xx.</summary>
    /// <exception cref="InvalidOperationException">It is settled.</exception>
    public void Cancel(DateTime now, string reason)
    {
        if (State.IsSettled())
            throw new InvalidOperationException($"Delivery {Id} is {State} and cannot be cancelled.");
        var bounded = reason.Length > ReasonLength ? reason[..ReasonLength] : reason;
        if (State == DeliveryState.Sending)
            CancelReason = bounded;
        else
            Skip(now, Model.SkipCause.Cancelled, bounded);
    }

    /// <summary>
    /// Follows a wish to cancel that came while the attempt was under way, now that the attempt is written down. What arrived stays delivered.
    /// </summary>
    internal void EndCancelled(DateTime now, string reason)
    {
        if (State is not (DeliveryState.Delivered or DeliveryState.Skipped))
            Skip(now, Model.SkipCause.Cancelled, reason);
    }

    /// <summary>Lets it wait without a job although it is due. Nothing that a settled or claimed delivery takes.</summary>
    /// <exception cref="InvalidOperationException">It is settled or being sent.</exception>
    public void HoldBack(HoldReason why)
    {
        if (State is not (DeliveryState.Pending or DeliveryState.Retrying))
            throw new InvalidOperationException($"Delivery {Id} is {State} and cannot be held.");
        (Hold, IsOwn) = (why, true);
    }

    /// <summary>Whether a worker's claim still holds at <paramref name="now"/>.</summary>
    public bool IsLeased(DateTime now) => State == DeliveryState.Sending && LeaseUntil > now;

    /// <summary>
    /// Takes it for one attempt. A claim whose lease ran out (its process died) is first written down as a cancelled
    /// attempt, which does not count as one of the round's.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is settled, or somebody holds it.</exception>
    public void Claim(Guid lease, DateTime now, TimeSpan leaseTime, string? jobId)
    {
        if (State.IsSettled() || IsLeased(now))
            throw new InvalidOperationException($"Delivery {Id} is {State} and cannot be claimed.");
        RecordLostAttempt();
        State = DeliveryState.Sending;
        AttemptCount++;
        (LeaseId, LeasedAt, LeaseUntil) = (lease, now, now + leaseTime);
        Hold = null;
        JobId = jobId ?? JobId;
    }

    /// <summary>
    /// Which deliveries their events' jobs may claim: never tried, never held, and asked for again by no person. The store's statements say the same
    /// (<see cref="DeliveryColumns.ForEventJob"/>).
    /// </summary>
    internal static readonly Expression<Func<Delivery, bool>> ForEventJob = d =>
        d.State == DeliveryState.Pending && d.Hold == null && !d.IsOwn && !d.IsRedelivery && !d.IsTest && d.AttemptCount == 0;

    private static readonly Func<Delivery, bool> IsForJob = ForEventJob.Compile();

    /// <summary>Whether its event's job may claim it.</summary>
    public bool IsForEventJob => IsForJob(this);

    /// <summary>Takes a claim back whose send has not begun: as if it had never been claimed.</summary>
    /// <exception cref="InvalidOperationException">Nobody holds it.</exception>
    public void GiveBack()
    {
        if (State != DeliveryState.Sending)
            throw new InvalidOperationException($"Delivery {Id} is {State}; there is no claim to give back.");
        State = RoundAttempts > 0 ? DeliveryState.Retrying : DeliveryState.Pending;
        AttemptCount--;
        ReleaseLease();
    }

    /// <summary>What the attempt under way was triggered by.</summary>
    public AttemptTrigger Trigger =>
        IsTest ? AttemptTrigger.Test
        : RoundAttempts > 0 ? AttemptTrigger.Retry
        : IsRedelivery ? AttemptTrigger.Redelivery
        : AttemptTrigger.Event;

    /// <summary>
    /// Writes down the attempt under way and what follows from it.
    /// </summary>
    /// <param name="now">The moment of writing (UTC).</param>
    /// <param name="maxAttempts">The limit of attempts in a round.</param>
    /// <param name="wait">The wait before the next attempt, given how many of the round have counted.</param>
    public void Record(SendResult result, DateTime now, int maxAttempts, Func<int, TimeSpan> wait)
    {
        Attempts.Add(DeliveryAttempt.From(result, AttemptCount, Trigger));
        ReleaseLease();
        (LastFailure, LastStatusCode) = (result.Failure, result.StatusCode);
        var counts = result.Failure != FailureKind.Cancelled;
        if (counts)
            RoundAttempts++;

        switch (result.Verdict)
        {
            case SendVerdict.Delivered:
                Settle(DeliveryState.Delivered, now, null);
                break;
            case SendVerdict.Gone:
                Settle(DeliveryState.Failed, now, "The receiver answered 410 Gone: it does not want these events any more.");
                break;
            case SendVerdict.Refused:
                Settle(DeliveryState.Failed, now, result.Error);
                break;
            case SendVerdict.Retry when IsTest:
                Settle(DeliveryState.Failed, now, "A test is sent once.");
                break;
            case SendVerdict.Retry when counts && RoundAttempts >= maxAttempts:
                Settle(DeliveryState.Failed, now, RoundAttempts == 1 ? "The only attempt failed." : $"All {RoundAttempts} attempts failed.");
                break;
            default:
                State = DeliveryState.Retrying;
                // From the answer, not from now: what was read or written since must not make the retry late.
                var answered = (result.StartedAt + result.Duration).UtcDateTime;
                DueAt = counts ? (answered < now ? answered : now) + wait(RoundAttempts) : now;
                break;
        }
    }

    /// <summary>
    /// Begins a new round of attempts of the same delivery. Attempt numbers continue.
    /// </summary>
    /// <exception cref="InvalidOperationException">It is not settled.</exception>
    public void Requeue(DateTime now)
    {
        if (!State.IsSettled())
            throw new InvalidOperationException($"Delivery {Id} is {State}; only a settled one begins a new round.");
        State = DeliveryState.Pending;
        (DueAt, SettledAt, Reason, SkipCause, RoundAttempts, IsRedelivery) = (now, null, null, null, 0, true);
    }

    /// <summary>Lets a waiting delivery be sent now instead of at its time, whatever held it; the claim holds it again if that is still so.</summary>
    public void Expedite(DateTime now)
    {
        if (State is DeliveryState.Pending or DeliveryState.Retrying)
            (DueAt, Hold) = (now, null);
    }

    /// <summary>
    /// Writes down that the process that held the claim died. A test ends here, as failed, and what was cancelled meanwhile, as skipped;
    /// anything else waits for its next attempt, which may begin at once.
    /// </summary>
    public void Abandon(DateTime now)
    {
        var cancelled = CancelReason;
        if (!RecordLostAttempt())
            return;
        if (cancelled is not null)
        {
            EndCancelled(now, cancelled);
            return;
        }
        if (IsTest)
        {
            Settle(DeliveryState.Failed, now, "The console stopped while this test was being sent.");
            return;
        }
        State = DeliveryState.Retrying;
        DueAt = now;
    }

    private bool RecordLostAttempt()
    {
        if (State != DeliveryState.Sending)
            return false;
        Attempts.Add(DeliveryAttempt.Lost(AttemptCount, Trigger, LeasedAt ?? CreatedAt));
        (LastFailure, LastStatusCode) = (FailureKind.Cancelled, null);
        ReleaseLease();
        return true;
    }

    private void ReleaseLease() => (LeaseId, LeasedAt, LeaseUntil, CancelReason) = (null, null, null, null);

    private void Settle(DeliveryState state, DateTime now, string? reason)
    {
        State = state;
        (SettledAt, DueAt, Reason, Hold) = (now, null, reason, null);
        ReleaseLease();
    }
}
