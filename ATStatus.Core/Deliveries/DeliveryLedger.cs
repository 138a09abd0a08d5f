using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Writes claims and results. What many workers want at the same moment goes into one transaction: a commit costs a
/// disk flush (SQLite) or a round trip (SQL Server), and a transaction per step would be most of a delivery's cost.
/// Nobody is told before the commit, so durability is not traded for speed.
/// </summary>
public sealed partial class DeliveryLedger(
    IDbContextFactory<AtStatusDbContext> contexts,
    TimeProvider time,
    WebhookOptions options,
    RetrySchedule schedule,
    DeliveryFeed feed,
    ILogger<DeliveryLedger> logger)
{
    /// <summary>The most steps in one transaction.</summary>
    private const int GroupSize = 64;

    /// <summary>What a lease adds to the time limit of a send, so that a send always ends first.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(30);

    /// <summary>Pauses between tries to write a result double from the first to the last, some 13 seconds in all: well within the lease's margin.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(10);

    private readonly WebhookOptions _options = options;
    private readonly RetrySchedule _schedule = schedule;
    private readonly ConcurrentQueue<Step> _waiting = new();
    private int _writing;

    /// <summary>
    /// Takes a delivery for one attempt, if it is due and nobody holds it. A delivery whose notification was deleted
    /// or switched off becomes skipped instead.
    /// </summary>
    /// <param name="deliveryId">The delivery.</param>
    /// <param name="jobId">The Hangfire job that carries it, if one does.</param>
    public Task<ClaimResult> ClaimAsync(long deliveryId, string? jobId)
    {
        var step = new ClaimStep(deliveryId, jobId);
        Submit(step);
        return step.Done.Task;
    }

    /// <summary>
    /// Writes down what an attempt came to, and answers where the delivery stands then. Null when the lease had been
    /// lost to somebody else: then nothing was written.
    /// </summary>
    /// <remarks>
    /// What a receiver has answered must not be lost to a database that is busy for a moment: writing is tried again
    /// for as long as the lease keeps others away.
    /// </remarks>
    public async Task<RecordedAttempt?> RecordAsync(Claim claim, SendResult result)
    {
        for (var pause = FirstPause; ; pause *= 2)
        {
            var step = new RecordStep(claim, result);
            Submit(step);
            try
            {
                return await step.Done.Task;
            }
            catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException && pause < LastPause)
            {
                await Task.Delay(pause);
            }
        }
    }

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    private void Submit(Step step)
    {
        _waiting.Enqueue(step);
        if (Interlocked.CompareExchange(ref _writing, 1, 0) == 0)
            _ = Task.Run(WriteAllAsync);
    }

    /// <summary>Writes group after group until nobody waits; whoever submits next starts it again.</summary>
    private async Task WriteAllAsync()
    {
        do
        {
            var group = new List<Step>(GroupSize);
            while (true)
            {
                group.Clear();
                while (group.Count < GroupSize && _waiting.TryDequeue(out var step))
                    group.Add(step);
                if (group.Count == 0)
                    break;
                await WriteGroupAsync(group);
                feed.Signal();
            }
            Volatile.Write(ref _writing, 0);
        }
        while (!_waiting.IsEmpty && Interlocked.CompareExchange(ref _writing, 1, 0) == 0);
    }

    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it belongs to the workers that wait for these steps.")]
    private async Task WriteGroupAsync(List<Step> group)
    {
        try
        {
            await WriteTransactionAsync(group);
        }
        catch (Exception) when (group.Count > 1)
        {
            // One step's conflict must not fail the others: each on its own.
            foreach (var step in group)
                await WriteGroupAsync([step]);
        }
        catch (Exception e)
        {
            LogWriteFailed(e, group[0].DeliveryId);
            group[0].Fail(e);
        }
    }

    private async Task WriteTransactionAsync(List<Step> group)
    {
        await using var db = await contexts.CreateDbContextAsync();
        await using var transaction = await db.Database.BeginTransactionAsync();
        var ids = group.Select(s => s.DeliveryId).Distinct().ToArray();
        var deliveries = await db.Deliveries
            .Include(d => d.Notification)
            .Include(d => d.Event)
            .Where(d => ids.Contains(d.Id))
            .ToDictionaryAsync(d => d.Id);

        var outcomes = new List<Action>(group.Count);
        foreach (var step in group)
            outcomes.Add(step.Apply(deliveries.GetValueOrDefault(step.DeliveryId), this));

        await db.SaveChangesAsync();
        await transaction.CommitAsync();
        outcomes.ForEach(tell => tell());
    }

    private abstract class Step(long deliveryId)
    {
        public long DeliveryId { get; } = deliveryId;

        /// <summary>Changes the row and returns how to tell the waiting worker once that is committed.</summary>
        public abstract Action Apply(Delivery? delivery, DeliveryLedger ledger);

        public abstract void Fail(Exception e);
    }

    private sealed class ClaimStep(long deliveryId, string? jobId) : Step(deliveryId)
    {
        public TaskCompletionSource<ClaimResult> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Fail(Exception e) => Done.TrySetException(e);

        public override Action Apply(Delivery? delivery, DeliveryLedger ledger)
        {
            var result = Claim(delivery, ledger);
            return () => Done.TrySetResult(result);
        }

        private ClaimResult Claim(Delivery? delivery, DeliveryLedger ledger)
        {
            var now = ledger.Now;
            if (delivery is null)
                return new ClaimResult.Nothing("There is no such delivery.");
            if (delivery.State.IsSettled())
                return new ClaimResult.Nothing($"Already {delivery.State.WireName()}.");
            if (delivery.IsLeased(now))
                return new ClaimResult.Nothing("Another worker is sending it.");
            if (delivery.DueAt > now)
                return new ClaimResult.NotDue(delivery.DueAt.Value);

            string? url, secret;
            if (delivery.IsTest)
            {
                if (delivery.AttemptCount > 0)
                {
                    delivery.Abandon(now);
                    return new ClaimResult.Nothing("A test is sent once.");
                }
                (url, secret) = (delivery.TestProtectedUrl!, delivery.TestProtectedSecret);
            }
            else if (delivery.Notification is not { } notification)
            {
                return Skip(NotificationDeleted);
            }
            else if (!notification.Enabled)
            {
                return Skip(NotificationOff(notification.DisabledReason));
            }
            else
            {
                (url, secret) = (notification.ProtectedUrl, notification.ProtectedSecret);
            }

            var lease = Guid.NewGuid();
            delivery.Claim(lease, now, ledger._options.Timeout + LeaseMargin, jobId);
            return new ClaimResult.Claimed(new Claim(
                delivery.Id, lease, delivery.Kind, url, secret, delivery.Event!.Type, delivery.RequestId, delivery.Event.Payload));

            ClaimResult.Skipped Skip(string reason)
            {
                delivery.Abandon(now);
                delivery.Skip(now, reason);
                return new ClaimResult.Skipped(reason);
            }
        }
    }

    private sealed class RecordStep(Claim claim, SendResult result) : Step(claim.DeliveryId)
    {
        public TaskCompletionSource<RecordedAttempt?> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override void Fail(Exception e) => Done.TrySetException(e);

        public override Action Apply(Delivery? delivery, DeliveryLedger ledger)
        {
            if (delivery is null || delivery.LeaseId != claim.LeaseId)
            {
                ledger.LogLeaseLost(claim.DeliveryId);
                return () => Done.TrySetResult(null);
            }
            delivery.Record(
                result, ledger.Now, ledger._options.MaxAttempts, attempt => ledger._schedule.WaitAfter(attempt, result.RetryAfter));
            if (result.Verdict == SendVerdict.Gone && !delivery.IsTest && delivery.Notification is { Enabled: true } notification)
                notification.SwitchOff(ledger.Now, "The receiver answered 410 Gone.");
            var recorded = new RecordedAttempt(
                delivery.State, delivery.DueAt, delivery.RoundAttempts + 1, ledger._options.MaxAttempts, Summary());
            return () => Done.TrySetResult(recorded);
        }

        private string Summary() => result.Failure switch
        {
            null => $"HTTP {result.StatusCode}",
            FailureKind.HttpStatus => $"http_status {result.StatusCode}",
            { } failure => failure.WireName(),
        };
    }

    /// <summary>The reason of a delivery that is skipped because its notification is gone.</summary>
    public const string NotificationDeleted = "The notification was deleted.";

    /// <summary>The reason of a delivery that is skipped because its notification is off.</summary>
    public static string NotificationOff(string? disabledReason) =>
        string.IsNullOrEmpty(disabledReason) ? "The notification was switched off." : $"The notification was switched off: {disabledReason}";

    [LoggerMessage(LogLevel.Warning, "The result of delivery {DeliveryId} came after its lease was lost; it was not recorded.")]
    private partial void LogLeaseLost(long deliveryId);

    [LoggerMessage(LogLevel.Error, "A step of delivery {DeliveryId} could not be written.")]
    private partial void LogWriteFailed(Exception e, long deliveryId);
}
