using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Outbox;

/// <summary>Opens the units of work in which something changes and raises events.</summary>
public sealed class EventOutbox(
    IDbContextFactory<AtStatusDbContext> contexts,
    KnownNotifications known,
    DeliveryDispatcher dispatcher,
    CommitSteps steps,
    DeliveryTracing tracing,
    WebhookOptions options,
    DatabaseWritability writability,
    TimeProvider time)
{
    /// <summary>Why deliveries are skipped when a person chose not to notify (contract section 5).</summary>
    public const string DoNotNotifyReason = "Do not notify was chosen.";

    private const int MostTries = 10;

    /// <summary>Makes a change and commits it with its events.</summary>
    /// <param name="what">What is changed, for messages.</param>
    /// <param name="doNotNotify">Record the events, but skip their deliveries.</param>
    /// <param name="change">The change; it records its events.</param>
    /// <param name="cancellationToken">Stops the wait before the commit.</param>
    /// <exception cref="EditConflictException">It is meant for another version; see <see cref="ChangeScope.Expect"/>.</exception>
    public async Task<T> RunAsync<T>(
        string what, bool doNotNotify, Func<UnitOfWork, Task<T>> change, CancellationToken cancellationToken = default)
    {
        // An earlier try of the same request has done it.
        if (RequestMark.Current is { IsCommitted: true } done)
        {
            ChangeScope.Current?.Committed(done.EventIds);
            return done.ResultAs<T>();
        }
        try
        {
            await using var work = await BeginAsync(cancellationToken);
            if (ChangeScope.Current is { } scope)
                await scope.DemandExpectedAsync(work.Db, what, cancellationToken);
            work.DoNotNotify = doNotNotify ? DoNotNotifyReason : null;
            var result = await change(work);
            RequestMark.Current?.Returns(result);
            await work.CommitAsync(what, cancellationToken);
            return result;
        }
        catch (Exception e) when (e is not ProblemException && writability.Explains(e))
        {
            throw new DatabaseNotWritableException(DatabaseFaults.Of(e)!.Value, e);
        }
    }

    /// <summary>
    /// The same for a change that judges for itself what it finds (an update that is appended): where somebody wrote a row at the same
    /// moment, which on SQL Server only the save finds out, it is undone and made once more on what is there now.
    /// </summary>
    /// <exception cref="EditConflictException">It judged so, or others were quicker time and again.</exception>
    public async Task<T> RunOnFreshRowsAsync<T>(
        string what, bool doNotNotify, Func<UnitOfWork, Task<T>> change, CancellationToken cancellationToken = default)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                return await RunAsync(what, doNotNotify, change, cancellationToken);
            }
            catch (EditConflictException e) when (e.AtTheSameMoment && tries < MostTries)
            {
                // On fresh rows the next try sees what the other one wrote.
            }
        }
    }

    /// <summary>Makes a change, sees what it would raise and send to whom, and undoes it. Numbers of new rows may differ later.</summary>
    public async Task<IReadOnlyList<PlannedEvent>> PreviewAsync<T>(
        string what, bool doNotNotify, Func<UnitOfWork, Task<T>> change, CancellationToken cancellationToken = default)
    {
        await using var work = await BeginAsync(cancellationToken);
        work.DoNotNotify = doNotNotify ? DoNotNotifyReason : null;
        await change(work);
        await work.SaveAsync(what, cancellationToken);
        return await work.PlanAsync(cancellationToken);
    }

    /// <summary>A transaction for one change, its events and their deliveries. Dispose without commit undoes all.</summary>
    public async Task<UnitOfWork> BeginAsync(CancellationToken cancellationToken = default)
    {
        var db = await contexts.CreateDbContextAsync(cancellationToken);
        try
        {
            var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            return new UnitOfWork(db, transaction, known, dispatcher, steps, tracing, options.MaxPayload, time.GetUtcNow().UtcDateTime);
        }
        catch
        {
            await db.DisposeAsync();
            throw;
        }
    }
}
