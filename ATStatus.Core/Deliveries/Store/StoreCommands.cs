using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>What a worker wants written: a claim, or what an attempt came to.</summary>
public sealed partial class DeliveryStore
{
    private abstract class StoreCommand(long deliveryId, bool isOfMemory = false)
    {
        public long DeliveryId { get; } = deliveryId;

        /// <summary>Its row was not read but kept from its saving or its claim, so that a conflict says nothing yet.</summary>
        public bool IsOfMemory { get; set; } = isOfMemory;

        /// <summary>Changes the row and returns how to tell the waiting worker once that is committed.</summary>
        public abstract Action Apply(WriteBatch work);

        public abstract void Fail(Exception e);

        /// <summary>Its row was not as it was remembered or read. Returns whether another try may end otherwise; if not, it has failed.</summary>
        public virtual bool TryOtherwise(LostRowsException lost)
        {
            if (!IsOfMemory)
            {
                Fail(lost);
                return false;
            }
            IsOfMemory = false;
            return true;
        }
    }

    /// <param name="onConflict">What it comes to where somebody else wrote the row between reading and writing: that one has it.</param>
    /// <param name="isOfMemory">See <see cref="StoreCommand.IsOfMemory"/>.</param>
    private abstract class StoreCommand<T>(long deliveryId, T onConflict, bool isOfMemory = false) : StoreCommand(deliveryId, isOfMemory)
    {
        public TaskCompletionSource<T> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Fail(Exception e)
        {
            if (e is DbUpdateConcurrencyException)
                Done.TrySetResult(onConflict);
            else
                Done.TrySetException(e);
        }
    }

    /// <param name="first">The row of a first attempt that an event's job has a place for; null for a job of its own.</param>
    private sealed class ClaimCommand(long deliveryId, string? jobId, Delivery? first = null)
        : StoreCommand<ClaimResult>(deliveryId, new ClaimResult.Nothing("Another worker was faster."), isOfMemory: first is not null)
    {
        /// <summary>The row as it was saved or read by the event's job.</summary>
        public Delivery? First => first;

        /// <summary>Nobody will write it any more; the row waits for the next start.</summary>
        public void GiveUp() => Done.TrySetResult(new ClaimResult.Nothing("The console is stopping."));

        /// <summary>The body that this command has rendered, and for which settings: the notification may be edited meanwhile.</summary>
        private (SendOptions Options, RenderedBody Body)? _rendered;

        public override Action Apply(WriteBatch work)
        {
            var row = work.Claimable(DeliveryId);
            if (row is not null && Unrendered(row, work) is { } options)
            {
                // Another's commands must not wait for a template.
                var (storedEvent, store) = (work.EventOf(row), work.Store);
                return () => _ = Task.Run(() => RenderAsync(options, storedEvent, row.RequestId, store));
            }
            var result = Claim(row, work);
            return () =>
            {
                if (result is ClaimResult.Claimed { Claim: var claim })
                    work.Store._held[DeliveryId] = claim.LeaseId;
                Done.TrySetResult(result);
            };
        }

        /// <summary>The settings that a first claim's body is to be rendered for, before anything else is decided; null where there is nothing to render.</summary>
        private SendOptions? Unrendered(Delivery delivery, WriteBatch work) =>
            delivery is { IsTest: false, CancelReason: null } && !delivery.State.IsSettled() && delivery.DueAt <= work.Now
            && work.NotificationOf(delivery)?.Transport.Options is { } options && IsToBeRendered(delivery, options, work) && _rendered?.Options != options
                ? options
                : null;

        /// <summary>What was attempted as the documented body stays so; what has a stored body, too.</summary>
        private static bool IsToBeRendered(Delivery delivery, SendOptions options, WriteBatch work) =>
            options.Body != BodyKind.Documented && (delivery.Body is null ? delivery.AttemptCount == 0 : work.BodyOf(delivery) is null);

        [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it belongs to the worker that waits for this claim.")]
        private async Task RenderAsync(SendOptions options, StoredEvent storedEvent, Guid requestId, DeliveryStore store)
        {
            try
            {
                _rendered = (options, await store._rules.Bodies.RenderAsync(options, storedEvent, requestId));
                _ = store.SubmitAsync(this);
            }
            catch (Exception e)
            {
                Fail(e);
            }
        }

        private ClaimResult Claim(Delivery? delivery, WriteBatch work)
        {
            var now = work.Now;
            if (delivery is null)
                return new ClaimResult.Nothing("There is no such delivery.");
            if (delivery.State.IsSettled())
                return new ClaimResult.Nothing($"Already {delivery.State.WireName()}.");
            if (first is not null && !delivery.IsForEventJob)
                return new ClaimResult.Nothing("It has a job of its own.");
            if (delivery.IsLeased(now) || work.Store.Holds(DeliveryId))
                return new ClaimResult.Nothing("Another worker is sending it.");
            if (delivery.DueAt > now)
                return new ClaimResult.NotDue(delivery.DueAt.Value);

            if (delivery.CancelReason is { } cancelled)
            {
                // Its process died while it was being sent, and a person has cancelled it since.
                delivery.Abandon(now);
                work.Changed(delivery);
                return new ClaimResult.Skipped(cancelled);
            }

            Transport target;
            if (delivery.IsTest)
            {
                if (delivery.AttemptCount > 0)
                {
                    delivery.Abandon(now);
                    work.Changed(delivery);
                    return new ClaimResult.Nothing("A test is sent once.");
                }
                target = new Transport { ProtectedUrl = delivery.TestProtectedUrl!, ProtectedSecret = delivery.TestProtectedSecret };
            }
            else if (work.NotificationOf(delivery) is not { } notification)
            {
                return Skip(SkipCause.NotificationDeleted, NotificationDeleted);
            }
            else if (work.OffReason(notification) is { } off)
            {
                return Skip(SkipCause.NotificationOff, off);
            }
            else if (HoldOf(delivery, notification, work) is { } hold)
            {
                delivery.Abandon(now);
                delivery.HoldBack(hold);
                work.Changed(delivery);
                if (first is not null)
                    work.HoldFollowing(delivery);
                return new ClaimResult.Held(notification.Id, hold);
            }
            else
            {
                target = notification.Transport.At(now);
                work.TakeRate(notification);
            }

            var lease = Guid.NewGuid();
            var wasHeld = delivery.Hold is not null;
            var rendered = !delivery.IsTest && IsToBeRendered(delivery, target.Options, work) ? _rendered!.Value.Body : null;
            var stored = work.BodyOf(delivery);
            delivery.Claim(lease, now, LeaseTime(work.Store._rules.Options), jobId);
            if (rendered is null && (delivery.Body is null || stored is not null || delivery.IsTest))
            {
                work.Claimed(delivery, wasHeld, isFirst: first is not null);
            }
            else
            {
                // Without either, its template has failed before and is no longer asked for.
                delivery.Body = rendered?.Kind;
                work.Rendered(delivery, rendered?.Content);
            }
            var storedEvent = work.EventOf(delivery);
            return new ClaimResult.Claimed(new Claim(
                delivery.Id, delivery.NotificationId, lease, delivery.Kind, target, storedEvent.Type, delivery.RequestId,
                rendered?.Content ?? stored ?? storedEvent.Payload)
            {
                BodyKind = delivery.Body ?? BodyKind.Documented,
                BodyProblem = rendered?.Problem,
                StatusPageId = storedEvent.StatusPageId,
                LeasedAt = work.Timestamp,
                Row = delivery,
            });

            ClaimResult.Skipped Skip(SkipCause cause, string reason)
            {
                delivery.Abandon(now);
                delivery.Skip(now, cause, reason);
                work.Changed(delivery);
                return new ClaimResult.Skipped(reason);
            }
        }

        /// <summary>What stands in the way of sending now; null when a slot was taken.</summary>
        private HoldReason? HoldOf(Delivery delivery, Notification notification, WriteBatch work)
        {
            if (work.IsPaused)
                return HoldReason.Paused;
            var health = work.HealthOf(notification.Id);
            // Its place was taken before, by the event's job.
            if (first is not null)
            {
                return health.IsOpen ? HoldReason.Circuit
                    : notification.InOrder ? HoldReason.Order
                    : work.IsSlow(health) ? HoldReason.SlowEndpoints
                    : work.HasRate(notification, isFirst: true) ? null
                    : HoldReason.Rate;
            }
            // Whoever presses Redeliver wants to see what happens; the first attempt of that round is as good as a probe.
            var isAsked = delivery.IsRedelivery && delivery.RoundAttempts == 0 && delivery.Hold is null;
            if (health.IsOpen && health.NextProbeAt > work.Now && !isAsked)
                return HoldReason.Circuit;
            if (notification.InOrder && work.WaitsForEarlier(delivery))
                return HoldReason.Order;
            return work.HasRate(notification, isFirst: false) ? work.TakeSlot(delivery, health) : HoldReason.Rate;
        }
    }

    /// <summary>A first attempt leaves its event's job: its notification's sends have been out for too long.</summary>
    private sealed class HoldCommand(Delivery row, HoldReason reason) : StoreCommand<bool>(row.Id, onConflict: false, isOfMemory: true)
    {
        public Delivery Row => row;

        public override Action Apply(WriteBatch work)
        {
            var delivery = work.Claimable(DeliveryId);
            if (delivery is not { IsForEventJob: true })
                return () => Done.TrySetResult(false);
            delivery.HoldBack(reason);
            work.Changed(delivery);
            work.HoldFollowing(delivery);
            return () => Done.TrySetResult(true);
        }
    }

    /// <summary>A claim whose send did not begin in time goes back.</summary>
    private sealed class GiveBackCommand(Claim claim) : StoreCommand<bool>(claim.DeliveryId, onConflict: false)
    {
        public override Action Apply(WriteBatch work)
        {
            var delivery = work.Claimable(DeliveryId);
            if (delivery?.LeaseId != claim.LeaseId)
                return () => Done.TrySetResult(false);
            var cancelled = delivery.CancelReason;
            delivery.GiveBack();
            if (cancelled is not null)
                delivery.Skip(work.Now, SkipCause.Cancelled, cancelled);
            work.Changed(delivery);
            return () => Done.TrySetResult(true);
        }
    }

    private sealed class RecordCommand(Claim claim, SendResult result) : StoreCommand<RecordedAttempt?>(claim.DeliveryId, onConflict: null, isOfMemory: true)
    {
        private bool _isApplied;

        public Claim Claim => claim;

        public RecordCommand Again() => new(claim, result) { _isApplied = _isApplied };

        /// <summary>Its lease is gone: it is written all the same if the delivery was merely taken for lost and nobody has claimed it since.</summary>
        public bool IsLate { get; set; }

        public override bool TryOtherwise(LostRowsException lost)
        {
            if (IsOfMemory || IsLate)
                return base.TryOtherwise(lost);
            IsLate = true;
            return true;
        }

        public override Action Apply(WriteBatch work)
        {
            var delivery = claim.Row;
            // A group that failed is tried again command by command, and a result is written in again after a failure of the database.
            if (!_isApplied)
            {
                _isApplied = true;
                delivery.Record(result, work.Now, work.Store._rules.Options.MaxAttempts, attempt => work.Store._rules.Schedule.WaitAfter(attempt, result.RetryAfter));
            }
            if (work.CancelReasonOf(delivery.Id) is { } cancelled)
                delivery.EndCancelled(work.Now, cancelled);
            work.Recorded(delivery, claim.LeaseId, IsLate);
            work.CountResult(delivery, result);
            var recorded = new RecordedAttempt(
                delivery.State, delivery.DueAt, delivery.RoundAttempts + 1, work.Store._rules.Options.MaxAttempts, Summary());
            return () => Done.TrySetResult(recorded);
        }

        private string Summary() => result.Failure switch
        {
            null => $"HTTP {result.StatusCode}",
            FailureKind.HttpStatus => $"http_status {result.StatusCode}",
            { } failure => failure.WireName(),
        };
    }
}
