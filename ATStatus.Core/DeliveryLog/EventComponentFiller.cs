using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.DeliveryLog;

/// <summary>
/// Fills in <see cref="StoredEvent.ComponentIds"/> of the events that an earlier version saved, some at a time, so that a log of a million holds
/// nobody up at the upgrade. Their payloads have names: a name that one component of the event's page has, which was there already, is that
/// component; what is ambiguous is left out. How far it has come is kept, so it goes on after a restart and does it once.
/// </summary>
public sealed class EventComponentFiller(IDbContextFactory<AtStatusDbContext> contexts, DatabaseWritability writability, TimeProvider time, ILogger<EventComponentFiller> logger)
    : LogFiller(writability, time, logger)
{
    private const string CheckpointName = "EventComponents";

    private static readonly RowStatement<StoredEvent> Fill = NewEvents.Columns.Update(["ComponentIds"], ["Id"], where: "t.\"ComponentIds\" IS NULL");

    private protected override bool GoesOn => false;

    private sealed record Unfilled(long Id, EventType Type, int StatusPageId, int SubjectId, DateTime OccurredAt, bool IsTest, byte[] Payload);

    internal override async Task<bool> FillBatchAsync(int size, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var checkpoint = await db.Checkpoints.SingleOrDefaultAsync(b => b.Name == CheckpointName, cancellationToken);
        var from = checkpoint?.Value ?? 0;
        if (from == long.MaxValue)
            return false;
        var events = await db.Events.AsNoTracking().Where(e => e.Id > from && e.ComponentIds == null).OrderBy(e => e.Id).Take(size)
            .Select(e => new Unfilled(e.Id, e.Type, e.StatusPageId, e.SubjectId, e.OccurredAt, e.IsTest, e.Payload)).ToListAsync(cancellationToken);
        var filled = await FindAsync(db, events, cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await Fill.WriteAsync(db, filled);
        if (checkpoint is null)
            db.Checkpoints.Add(checkpoint = new Checkpoint { Name = CheckpointName });
        // This version saves none without.
        checkpoint.Value = events.Count == size ? events[^1].Id : long.MaxValue;
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return events.Count == size;
    }

    private static async Task<List<StoredEvent>> FindAsync(AtStatusDbContext db, List<Unfilled> events, CancellationToken cancellationToken)
    {
        var pages = events.Select(e => e.StatusPageId).Distinct().ToArray();
        var components = await db.Components.AsNoTracking().Where(c => pages.Contains(c.StatusPageId))
            .Select(c => new { c.StatusPageId, c.Name, c.Id, c.CreatedAt }).ToListAsync(cancellationToken);
        var byName = components.ToLookup(c => (c.StatusPageId, c.Name));
        return events.ConvertAll(e => new StoredEvent
        {
            Id = e.Id,
            Title = "",
            Payload = [],
            ComponentIds = e switch
            {
                { IsTest: true } => [],
                { Type: var type } when type.Group() == EventGroup.Components => [e.SubjectId],
                _ => NamesIn(e.Payload)
                    .Select(name => byName[(e.StatusPageId, name)].ToList())
                    .Where(found => found is [var only] && only.CreatedAt <= e.OccurredAt)
                    .Select(found => found[0].Id).ToArray(),
            },
        });
    }

    private static IReadOnlyList<string> NamesIn(byte[] payload)
    {
        try
        {
            return EventPayloadReader.Read(payload).Data switch
            {
                IncidentData incident => incident.Components,
                MaintenanceData window => window.Components,
                _ => [],
            };
        }
        catch (FormatException)
        {
            return [];
        }
    }
}
