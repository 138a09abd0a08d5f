using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Writes claims and results. What many workers want at the same moment goes into one transaction: a commit costs a
/// disk flush (SQLite) or a round trip (SQL Server), and a transaction per step would be most of a delivery's cost.
/// Nobody is told before the commit, so durability is not traded for speed.
/// </summary>
public sealed partial class DeliveryLedger(
    IDbContextFactory<AtStatusDbContext> contexts,
    WriteGate gate,
    TimeProvider time,
    WebhookOptions options,
    RetrySchedule schedule,
    SendSlots slots,
    SendingGate sending,
    DeliveryFeed feed,
    DeliveryMeters meters,
    IDeliveryRelease release,
    KnownNotifications known,
    RecentEvents events,
    SavedDeliveries saved,
    ILogger<DeliveryLedger> logger) : IDisposable
{
    /// <summary>The most steps in one transaction.</summary>
    private const int GroupSize = 64;

    /// <summary>What a lease adds to the time limit of a send, so that a send always ends first.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(30);

    /// <summary>How long a claim keeps others away.</summary>
    internal static TimeSpan LeaseTime(WebhookOptions options) => options.Timeout + LeaseMargin;

    /// <summary>Pauses between tries to write a result double from the first to the last, some 13 seconds in all: well within the lease's margin.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(10);

    private readonly WebhookOptions _options = options;
    private readonly RetrySchedule _schedule = schedule;
    private readonly SendSlots _slots = slots;
    private readonly SendingGate _sending = sending;
    private readonly DeliveryMeters _meters = meters;
    private readonly IDeliveryRelease _release = release;
    private readonly RecentEvents _events = events;
    private readonly SavedDeliveries _saved = saved;
    private readonly KnownNotifications _known = known;
    private readonly ConcurrentQueue<Step> _waiting = new();
    private LedgerSession? _session;
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
        var step = new RecordStep(claim, result);
        for (var pause = FirstPause; ; pause *= 2)
        {
            Submit(step);
            try
            {
                var recorded = await step.Done.Task;
                if (recorded is null)
                    LogLeaseLost(claim.DeliveryId);
                return recorded;
            }
            catch (Exception e) when (e is DatabaseUnavailableException or DbException or DbUpdateException or TimeoutException && pause < LastPause)
            {
                await Task.Delay(pause);
                step = step.Again();
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
            while (!_waiting.IsEmpty)
            {
                group.Clear();
                await WriteNextAsync(group);
                feed.Signal();
            }
            Volatile.Write(ref _writing, 0);
        }
        while (!_waiting.IsEmpty && Interlocked.CompareExchange(ref _writing, 1, 0) == 0);
    }

    private async Task WriteNextAsync(List<Step> group)
    {
        Exception? failure;
        using (await gate.EnterAsync())
        {
            // Only now: who came while others wrote goes with this group.
            while (group.Count < GroupSize && _waiting.TryDequeue(out var step))
                group.Add(step);
            failure = await TryAsync(group);
            // What was remembered may be old: once more, from what is read now.
            if (failure is not (null or DatabaseUnavailableException) && group.Exists(step => step.IsOfMemory))
            {
                group.ForEach(step => step.IsOfMemory = false);
                failure = await TryAsync(group);
            }
        }
        if (failure is null)
            return;
        if (group.Count == 1 || failure is DatabaseUnavailableException)
            Fail(group, failure);
        else
            await WriteEachAsync(group);
    }

    /// <summary>One step's conflict must not fail the others: each on its own.</summary>
    private async Task WriteEachAsync(List<Step> group)
    {
        for (var i = 0; i < group.Count; i++)
        {
            Exception? failure;
            using (await gate.EnterAsync())
                failure = await TryAsync([group[i]]);
            if (failure is DatabaseUnavailableException)
            {
                // The rest would wait as long again, each by itself.
                Fail(group[i..], failure);
                return;
            }
            if (failure is not null)
                Fail([group[i]], failure);
        }
    }

    private void Fail(List<Step> group, Exception why)
    {
        if (why is not DbUpdateConcurrencyException)
            LogWriteFailed(why, group.Count, group[0].DeliveryId);
        group.ForEach(step => step.Fail(why));
    }

    /// <summary>No transaction could be begun: that says nothing about the steps.</summary>
    private sealed class DatabaseUnavailableException(Exception why) : Exception("The database is locked or out of reach.", why);

    /// <summary>Writes a group, with nobody else writing. Answers why it could not; then nothing was written.</summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it belongs to the workers that wait for these steps.")]
    private async Task<Exception?> TryAsync(List<Step> group)
    {
        try
        {
            await WriteTransactionAsync(group);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async Task WriteTransactionAsync(List<Step> group)
    {
        var (session, transaction) = await BeginAsync();
        var work = new GroupWork(session, this, Now);
        try
        {
            await using (transaction)
            {
                await work.ReadAsync(group);
                // Results first: they free the slots that claims of the same moment ask for.
                var outcomes = new List<Action>(group.Count);
                foreach (var step in group.OrderBy(s => s is ClaimStep))
                    outcomes.Add(step.Apply(work));
                await work.WriteAsync();
                await transaction.CommitAsync();
                work.Committed();
                outcomes.ForEach(tell => tell());
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            work.GiveSlotsBack();
            session.Known.Forget();
            throw;
        }
        catch
        {
            work.GiveSlotsBack();
            CloseSession();
            throw;
        }
        work.Tell();
    }

    private async Task<(LedgerSession Session, IDbContextTransaction Transaction)> BeginAsync()
    {
        try
        {
            if (_session is { Outlasts: false } kept)
            {
                try
                {
                    return (kept, await kept.Db.Database.BeginTransactionAsync());
                }
                catch (DbException)
                {
                    // Its server has ended the connection meanwhile, which a new one need not notice.
                    CloseSession();
                }
            }
            var session = _session ??= await LedgerSession.OpenAsync(contexts);
            return (session, await session.Db.Database.BeginTransactionAsync());
        }
        catch (Exception e)
        {
            CloseSession();
            throw new DatabaseUnavailableException(e);
        }
    }

    private void CloseSession()
    {
        _session?.Dispose();
        _session = null;
    }

    /// <summary>Closes the connection. Nobody is writing any more: who claims and records has been stopped before.</summary>
    public void Dispose() => CloseSession();

    /// <summary>The reason of a delivery that is skipped because its notification is gone.</summary>
    public const string NotificationDeleted = "The notification was deleted.";

    /// <summary>The reason of a delivery that is skipped because its notification is off.</summary>
    public static string NotificationOff(string? disabledReason) =>
        string.IsNullOrEmpty(disabledReason) ? "The notification was switched off." : $"The notification was switched off: {disabledReason}";

    [LoggerMessage(LogLevel.Warning, "The result of delivery {DeliveryId} came after its lease was lost; it was not recorded.")]
    private partial void LogLeaseLost(long deliveryId);

    [LoggerMessage(LogLevel.Error, "{Count} steps of deliveries could not be written, the first of delivery {DeliveryId}.")]
    private partial void LogWriteFailed(Exception e, int count, long deliveryId);
}
