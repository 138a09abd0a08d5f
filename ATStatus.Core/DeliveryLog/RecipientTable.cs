using System.Globalization;
using ATStatus.Core.Model;

namespace ATStatus.Core.DeliveryLog;

/// <summary>
/// Puts together, for each notification and each event, what is written down: a delivery, that it was excluded, or neither. Notifications
/// that are deleted have no number any more, so they are told apart by the name they had.
/// </summary>
internal sealed class RecipientTable
{
    private readonly IReadOnlyList<EventRow> _events;
    private readonly Dictionary<long, int> _columns = [];
    private readonly Dictionary<int, Line> _known = [];
    private readonly Dictionary<(string Name, int Turn), Line> _deleted = [];

    public RecipientTable(IReadOnlyList<EventRow> events)
    {
        _events = events;
        for (var i = 0; i < events.Count; i++)
            _columns[events[i].Id] = i;
    }

    private sealed record Line(int? Id, string Name, DateTime? CreatedAt, string Key, RecipientResult?[] Cells);

    /// <summary>Adds a notification that there is. Those come first, then deliveries, then those that were excluded.</summary>
    public void Add(int id, string name, DateTime createdAt) => _known[id] = new Line(id, name, createdAt, KeyOf(id), Empty());

    public void Add(RecipientDelivery delivery)
    {
        var column = _columns[delivery.EventId];
        // A test of one that is saved is the only line of its event, and its notification was not asked for.
        var line = delivery.NotificationId is not { } id ? Deleted(delivery.NotificationName, column)
            : _known.TryGetValue(id, out var known) ? known
            : _known[id] = new Line(id, delivery.NotificationName, null, KeyOf(id), Empty());
        line.Cells[column] = new RecipientResult(
            delivery.State switch
            {
                DeliveryState.Delivered => RecipientOutcome.Delivered,
                DeliveryState.Failed => RecipientOutcome.Failed,
                DeliveryState.Skipped => RecipientOutcome.Skipped,
                _ => RecipientOutcome.Waiting,
            },
            delivery);
    }

    /// <summary>Adds that a notification was not subscribed.</summary>
    public void Add(long eventId, ExcludedRecipient left)
    {
        var column = _columns[eventId];
        var line = _known.GetValueOrDefault(left.Id) ?? Deleted(left.Name, column);
        line.Cells[column] ??= new RecipientResult(RecipientOutcome.NotSubscribed, Why: left.Why);
    }

    /// <summary>What asks for somebody first, then by name.</summary>
    public IReadOnlyList<Recipient> Rows() =>
        [.. _known.Values.Concat(_deleted.Values)
            .Select(line => new Recipient(line.Id, line.Name, line.CreatedAt, line.Key, [.. line.Cells.Select((cell, i) => cell ?? Otherwise(line, _events[i]))]))
            .OrderBy(Urgency)
            .ThenBy(row => row.Name, StringComparer.CurrentCultureIgnoreCase).ThenBy(row => row.NotificationId ?? int.MaxValue)];

    private static int Urgency(Recipient row) =>
        row.Results.Any(result => result.Outcome == RecipientOutcome.Failed) ? 0
        : row.Results.Any(result => result.Delivery is { State: DeliveryState.Retrying }) ? 1
        : row.HasDelivery ? 2 : 3;

    private static string KeyOf(int number) => number.ToString(CultureInfo.InvariantCulture);

    private RecipientResult?[] Empty() => new RecipientResult?[_events.Count];

    /// <summary>The first line of a deleted notification of this name that has nothing for this event yet: two can have had one name.</summary>
    private Line Deleted(string name, int column)
    {
        for (var turn = 0; ; turn++)
        {
            if (!_deleted.TryGetValue((name, turn), out var line))
                _deleted[(name, turn)] = line = new Line(null, name, null, $"{name}/{KeyOf(turn)}", Empty());
            if (line.Cells[column] is null)
                return line;
        }
    }

    private static RecipientResult Otherwise(Line line, EventRow storedEvent) =>
        new(line.CreatedAt > storedEvent.OccurredAt ? RecipientOutcome.AddedLater : RecipientOutcome.Unknown);
}
