using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Writes claims and results. What many workers want at the same moment goes into one transaction: a commit costs a
/// disk flush (SQLite) or a round trip (SQL Server), and a transaction per command would be most of a delivery's cost.
/// Nobody gets an answer before the commit, so durability is not traded for speed. While the database cannot be written everything
/// waits here, and what has arrived from receivers is written first when it can be again.
/// </summary>
public sealed partial class DeliveryStore(
    IDbContextFactory<AtStatusDbContext> contexts,
    SendingRules rules,
    StoreMemory memory,
    IDispatchSignals signals,
    DeliveryFeed feed,
    DeliveryMetrics metrics,
    DatabaseWritability writability,
    ILogger<DeliveryStore> logger) : IDisposable
{
    /// <summary>The most commands in one transaction.</summary>
    private const int GroupSize = 256;

    /// <summary>How often a transaction is tried that lost against another instance's.</summary>
    private const int MostTries = 5;

    /// <summary>What a lease adds to the time limit of a send, so that a send always ends first.</summary>
    private static readonly TimeSpan LeaseMargin = TimeSpan.FromSeconds(30);

    /// <summary>How long a claim keeps others away.</summary>
    internal static TimeSpan LeaseTime(WebhookOptions options) => options.Timeout + LeaseMargin;

    /// <summary>Pauses between tries to write a result double from the first to the last.</summary>
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LastPause = TimeSpan.FromSeconds(10);

    private readonly SendingRules _rules = rules;
    private readonly StoreMemory _memory = memory;
    private readonly IDispatchSignals _signals = signals;
    private readonly DeliveryMetrics _metrics = metrics;
    private readonly ConcurrentQueue<RecordCommand> _results = new();
    private readonly ConcurrentQueue<StoreCommand> _claims = new();
    private readonly ConcurrentDictionary<long, Guid> _held = new();
    private readonly CancellationTokenSource _disposed = new();
    private StoreConnection? _connection;
    private int _writing;
    private volatile bool _isStopping;

    /// <summary>
    /// Takes a delivery for one attempt, if it is due and nobody holds it. A delivery whose notification was deleted
    /// or switched off becomes skipped instead.
    /// </summary>
    /// <param name="jobId">The Hangfire job that carries it, if one does.</param>
    public Task<ClaimResult> ClaimAsync(long deliveryId, string? jobId) => SubmitAsync(new ClaimCommand(deliveryId, jobId));

    /// <summary>
    /// Takes a first attempt for its event's job, which has a place for it. What may not be sent now is held, or skipped, with the reason, and has
    /// left the event's job. Claims that come while others are being written are written together with the results of that time.
    /// </summary>
    /// <param name="first">The row, as it was saved or read.</param>
    /// <param name="jobId">The event's job.</param>
    internal Task<ClaimResult> ClaimFirstAsync(Delivery first, string? jobId) => SubmitAsync(new ClaimCommand(first.Id, jobId, first));

    /// <summary>Holds a first attempt, which then has left its event's job. Returns false where it had already.</summary>
    internal Task<bool> HoldFirstAsync(Delivery first, HoldReason reason) => SubmitAsync(new HoldCommand(first, reason));

    /// <summary>Takes a claim back whose send has not begun.</summary>
    internal async Task GiveBackAsync(Claim claim)
    {
        try
        {
            await SubmitAsync(new GiveBackCommand(claim));
        }
        finally
        {
            LetGo(claim);
        }
    }

    /// <summary>
    /// Writes down what an attempt came to, and returns where the delivery stands then. Null when somebody else has claimed the delivery
    /// since, or has settled it: then nothing was written.
    /// </summary>
    /// <remarks>
    /// What a receiver has answered must not be lost to a database that cannot be written: it waits here until it can be, also when the
    /// lease runs out meanwhile. After any other failure it is tried again until it is written or somebody else has claimed the delivery.
    /// </remarks>
    public async Task<RecordedAttempt?> RecordAsync(Claim claim, SendResult result)
    {
        var command = new RecordCommand(claim, result);
        try
        {
            for (var pause = FirstPause; ; pause = pause < LastPause ? pause * 2 : LastPause)
            {
                try
                {
                    var recorded = await SubmitAsync(command);
                    if (recorded is null)
                        LogLeaseLost(claim.DeliveryId);
                    return recorded;
                }
                catch (Exception e) when (e is DbException or DbUpdateException or TimeoutException)
                {
                    await Task.Delay(pause);
                    command = command.Again();
                }
            }
        }
        finally
        {
            LetGo(claim);
        }
    }

    /// <summary>
    /// Whether this process has claimed it and its result has not been written yet. That holds although the lease has run out, as it does
    /// while the database is locked for long: nobody here takes such a delivery for lost.
    /// </summary>
    internal bool Holds(long deliveryId) => _held.ContainsKey(deliveryId);

    /// <summary>Whoever claimed it will not record a result any more.</summary>
    internal void LetGo(Claim claim) => _held.TryRemove(KeyValuePair.Create(claim.DeliveryId, claim.LeaseId));

    /// <summary>
    /// The console is stopping: claims that wait for a database that cannot be written are given up, so that their workers can end. Results
    /// wait on, for as long as the host does.
    /// </summary>
    public void StopClaiming()
    {
        _isStopping = true;
        if (!writability.IsWritable)
            GiveClaimsUp();
    }

    private void GiveClaimsUp()
    {
        while (_claims.TryDequeue(out var command))
            GiveUp(command);
    }

    private bool IsEmpty => _results.IsEmpty && _claims.IsEmpty;

    private Task<T> SubmitAsync<T>(StoreCommand<T> command)
    {
        PutIn(command);
        if (Interlocked.CompareExchange(ref _writing, 1, 0) == 0)
            _ = Task.Run(WriteAllAsync);
        return command.Done.Task;
    }

    private void PutIn(StoreCommand command)
    {
        if (_disposed.IsCancellationRequested)
            command.Fail(new OperationCanceledException("The console has stopped."));
        else if (command is RecordCommand result)
            _results.Enqueue(result);
        else if (_isStopping && !writability.IsWritable)
            GiveUp(command);
        else
            _claims.Enqueue(command);
    }

    private static void GiveUp(StoreCommand command)
    {
        if (command is ClaimCommand claim)
            claim.GiveUp();
        else
            command.Fail(new OperationCanceledException("The console is stopping."));
    }

    /// <summary>The next command; results first: they free the slots that claims ask for, and no claim may overtake what has arrived.</summary>
    private StoreCommand? Next() =>
        _results.TryDequeue(out var result) ? result
        : _claims.TryDequeue(out var claim) ? claim
        : null;

    /// <summary>Writes group after group until nobody waits; whoever submits next starts it again.</summary>
    private async Task WriteAllAsync()
    {
        do
        {
            var group = new List<StoreCommand>(GroupSize);
            while (!IsEmpty)
            {
                group.Clear();
                if (!writability.IsWritable && !await CanGoOnAsync())
                    return;
                await WriteNextAsync(group);
                feed.Signal();
            }
            Volatile.Write(ref _writing, 0);
        }
        while (!IsEmpty && Interlocked.CompareExchange(ref _writing, 1, 0) == 0);
    }

    /// <summary>Waits until the database can be written again; false where the console ends before that.</summary>
    private async Task<bool> CanGoOnAsync()
    {
        // They were put in while it could still be written.
        if (_isStopping)
            GiveClaimsUp();
        try
        {
            await writability.WaitAsync(_disposed.Token);
            return true;
        }
        catch (OperationCanceledException)
        {
            while (Next() is { } command)
                command.Fail(new OperationCanceledException("The console has stopped."));
            return false;
        }
    }

    private async Task WriteNextAsync(List<StoreCommand> group)
    {
        if (await TryAgainAsync(group, takesMore: true) is not { } failure)
            return;
        if (IsOfDatabase(failure))
            PutBack(group);
        else
            await WriteEachAsync(group);
    }

    /// <summary>Writes a group, again while that can help. Returns why it could not.</summary>
    private async Task<Exception?> TryAgainAsync(List<StoreCommand> group, bool takesMore = false)
    {
        var failure = await TryAsync(group, takesMore);
        for (var tries = 1; failure is not null && IsWorthAnotherTry(failure, group, tries) && writability.IsWritable; tries++)
            failure = await TryAsync(group);
        return group.Count == 0 ? null : failure;
    }

    private static bool IsWorthAnotherTry(Exception failure, List<StoreCommand> group, int tries)
    {
        if (failure is not LostRowsException lost)
            return tries <= MostTries && DatabaseFaults.IsPassing(failure);
        // One command's conflict must not fail the others, which are written without it.
        group.RemoveAll(command => lost.Ids.Contains(command.DeliveryId) && !command.TryOtherwise(lost));
        return group.Count > 0;
    }

    /// <summary>Nobody knows which command's fault it is: each on its own, from what is read now.</summary>
    private async Task WriteEachAsync(List<StoreCommand> group)
    {
        for (var i = 0; i < group.Count; i++)
        {
            group[i].IsOfMemory = false;
            if (await TryAgainAsync([group[i]]) is not { } failure)
                continue;
            if (IsOfDatabase(failure))
            {
                PutBack(group[i..]);
                return;
            }
            LogWriteFailed(failure, group[i].DeliveryId);
            group[i].Fail(failure);
        }
    }

    /// <summary>Whether it says nothing about the commands: they wait until the database can be written.</summary>
    private bool IsOfDatabase(Exception failure) =>
        failure is DatabaseNotWritableException || (writability.Explains(failure) && DatabaseFaults.IsCertain(failure));

    private void PutBack(List<StoreCommand> group)
    {
        foreach (var command in group)
        {
            command.IsOfMemory = false;
            PutIn(command);
        }
    }

    /// <summary>Writes a group. Returns why it could not; then nothing was written.</summary>
    /// <param name="takesMore">Whoever came while others wrote goes with this group.</param>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, it belongs to the workers that wait for these steps.")]
    private async Task<Exception?> TryAsync(List<StoreCommand> group, bool takesMore = false)
    {
        try
        {
            await WriteTransactionAsync(group, takesMore);
            return null;
        }
        catch (Exception e)
        {
            return e;
        }
    }

    private async Task WriteTransactionAsync(List<StoreCommand> group, bool takesMore)
    {
        var (connection, transaction) = await BeginAsync();
        while (takesMore && group.Count < GroupSize && Next() is { } command)
            group.Add(command);
        WriteBatch? work = null;
        try
        {
            await using (transaction)
            {
                work = new WriteBatch(connection, this, await connection.Db.Dialect.NowAsync(connection.Db, _rules.Time), _rules.Time.GetTimestamp());
                await work.ReadAsync(group);
                // Results first: they free the slots that claims of the same moment ask for.
                var outcomes = new List<Action>(group.Count);
                foreach (var command in group.OrderBy(s => s is not RecordCommand))
                    outcomes.Add(command.Apply(work));
                await work.WriteAsync();
                await transaction.CommitAsync();
                work.Committed();
                outcomes.ForEach(answer => answer());
            }
        }
        catch (DbUpdateConcurrencyException)
        {
            work?.GiveSlotsBack();
            connection.Known.Forget();
            throw;
        }
        catch
        {
            work?.GiveSlotsBack();
            CloseConnection();
            throw;
        }
        work!.Signal();
    }

    private async Task<(StoreConnection Connection, IDbContextTransaction Transaction)> BeginAsync()
    {
        try
        {
            if (_connection is { Outlasts: false } kept)
            {
                try
                {
                    return (kept, await kept.Db.Database.BeginTransactionAsync());
                }
                catch (Exception e) when (e is DbException or DatabaseNotWritableException { InnerException: DbException })
                {
                    // Its server has ended the connection meanwhile, which a new one need not notice.
                    CloseConnection();
                }
            }
            var connection = _connection ??= await StoreConnection.OpenAsync(contexts);
            return (connection, await connection.Db.Database.BeginTransactionAsync());
        }
        catch (Exception e)
        {
            CloseConnection();
            // That says nothing about the commands, whatever it is.
            writability.CannotBegin(e);
            throw e as DatabaseNotWritableException ?? new DatabaseNotWritableException(DatabaseFaults.Of(e) ?? DatabaseFault.Unreachable, e);
        }
    }

    private void CloseConnection()
    {
        _connection?.Dispose();
        _connection = null;
    }

    /// <summary>Closes the connection. Nobody is writing any more: who claims and records has been stopped before.</summary>
    public void Dispose()
    {
        _disposed.Cancel();
        CloseConnection();
    }

    /// <summary>The reason of a delivery that is skipped because its notification is gone.</summary>
    public const string NotificationDeleted = "The notification was deleted.";

    /// <summary>The reason of a delivery that is skipped because its notification is off.</summary>
    public static string NotificationOff(string? disabledReason) =>
        string.IsNullOrEmpty(disabledReason) ? "The notification was switched off." : $"The notification was switched off: {disabledReason}";

    [LoggerMessage(LogLevel.Warning, "The result of delivery {DeliveryId} came after its lease was lost; it was not recorded.")]
    private partial void LogLeaseLost(long deliveryId);

    [LoggerMessage(LogLevel.Error, "A claim or a result of delivery {DeliveryId} could not be written.")]
    private partial void LogWriteFailed(Exception e, long deliveryId);
}
