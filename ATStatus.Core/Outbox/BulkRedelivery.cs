using ATStatus.Core.Deliveries;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Outbox;

/// <summary>Why a chosen delivery is not redelivered.</summary>
public enum BulkRefusal
{
    /// <summary>A test is sent once.</summary>
    Test,

    /// <summary>Its notification was deleted.</summary>
    NotificationDeleted,

    /// <summary>Its notification is switched off.</summary>
    NotificationOff,

    /// <summary>It is not settled.</summary>
    UnderWay,

    /// <summary>It is not in the log any more.</summary>
    Missing,
}

/// <summary>What would become of a redelivery of many, as it stands now.</summary>
/// <param name="Possible">The numbers of those that can be redelivered, oldest first.</param>
/// <param name="Refused">How many cannot, by the reason.</param>
public sealed record BulkOutlook(IReadOnlyList<long> Possible, IReadOnlyDictionary<BulkRefusal, int> Refused);

/// <summary>How far a redelivery of many has come.</summary>
/// <param name="Done">How many have begun a new round.</param>
/// <param name="Refused">How many were refused after all, by what was said about it.</param>
/// <param name="IsStopped">It was called off before its end.</param>
public sealed record BulkResult(int Done, IReadOnlyDictionary<string, int> Refused, bool IsStopped)
{
    /// <summary>How many have been tried.</summary>
    public int Tried => Done + Refused.Values.Sum();
}

/// <summary>Redeliver for many chosen deliveries: <see cref="RedeliveryService"/> for each, one after the other.</summary>
public sealed class BulkRedelivery(IDbContextFactory<AtStatusDbContext> contexts, RedeliveryService redelivery)
{
    /// <summary>How many may be chosen at once.</summary>
    public const int Limit = 1_000;

    /// <summary>Looks which of them can be redelivered.</summary>
    public async Task<BulkOutlook> LookAsync(IReadOnlyCollection<long> deliveryIds, CancellationToken cancellationToken = default)
    {
        var ids = deliveryIds.Distinct().ToArray();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var rows = await db.Deliveries.AsNoTracking().Where(d => EF.Parameter(ids).Contains(d.Id)).OrderBy(d => d.Id)
            .Select(d => new { d.Id, d.State, d.IsTest, IsOn = d.Notification == null ? (bool?)null : d.Notification.Enabled })
            .ToListAsync(cancellationToken);
        var judged = rows.ConvertAll(r => (r.Id, Refusal: RefusalOf(r.State, r.IsTest, r.IsOn)));
        var refused = judged.Where(r => r.Refusal is not null).CountBy(r => r.Refusal!.Value).ToDictionary();
        if (rows.Count < ids.Length)
            refused[BulkRefusal.Missing] = ids.Length - rows.Count;
        return new BulkOutlook([.. judged.Where(r => r.Refusal is null).Select(r => r.Id)], refused);
    }

    private static BulkRefusal? RefusalOf(DeliveryState state, bool isTest, bool? isOn) => (state.IsSettled(), isTest, isOn) switch
    {
        (_, true, _) => BulkRefusal.Test,
        (_, _, null) => BulkRefusal.NotificationDeleted,
        (_, _, false) => BulkRefusal.NotificationOff,
        (false, _, _) => BulkRefusal.UnderWay,
        _ => null,
    };

    /// <summary>Redelivers them, oldest first. What has changed since <see cref="LookAsync"/> is refused and counted.</summary>
    /// <param name="deliveryIds">Which.</param>
    /// <param name="progressed">Called after each, on whatever thread.</param>
    /// <param name="cancellationToken">Ends it after the one under way; what was redelivered stays so.</param>
    public async Task<BulkResult> RunAsync(
        IReadOnlyCollection<long> deliveryIds, Action<BulkResult>? progressed = null, CancellationToken cancellationToken = default)
    {
        var result = new BulkResult(0, new Dictionary<string, int>(), false);
        foreach (var id in deliveryIds.Order())
        {
            if (cancellationToken.IsCancellationRequested)
                return result with { IsStopped = true };
            try
            {
                // One that has begun is carried to its end: its row and its job belong together.
                await redelivery.RedeliverAsync(id, CancellationToken.None);
                result = result with { Done = result.Done + 1 };
            }
            catch (Exception refusal) when (refusal is NotFoundException or IllegalTransitionException)
            {
                var refused = new Dictionary<string, int>(result.Refused);
                refused[refusal.Message] = refused.GetValueOrDefault(refusal.Message) + 1;
                result = result with { Refused = refused };
            }
            progressed?.Invoke(result);
        }
        return result;
    }
}
