using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending.Bodies;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Inserts the deliveries of one unit of work. One event goes to many notifications, and a tracked insert of each would cost more
/// than sending it (decision 3).
/// </summary>
internal static class NewDeliveries
{
    private static readonly RowStatement<Delivery> Insert = DeliveryColumns.All.Insert(without: [nameof(Delivery.Body), nameof(Delivery.CarrierId)]);

    private static readonly RowStatement<Delivery> InsertWhole = DeliveryColumns.All.Insert();

    private static readonly RowStatement<DeliveryBody> InsertBodies = new TableColumns<DeliveryBody>("DeliveryBodies").Insert();

    /// <summary>Inserts messages that tell several events of a save each, and the deliveries of the others, which are skipped.</summary>
    /// <param name="deliveries">All that are sent, in their order.</param>
    /// <param name="messages">Those of them that carry others, with these and the payloads of all of their events.</param>
    public static async Task InsertAsync(
        AtStatusDbContext db, IReadOnlyList<Delivery> deliveries, IReadOnlyList<(Delivery Carrier, List<Delivery> Carried)> messages, DateTime now)
    {
        foreach (var (carrier, _) in messages)
            carrier.Body = BodyKind.Documented;
        await InsertWhole.InsertAsync(db, deliveries, (delivery, number) => delivery.Id = number);
        foreach (var (carrier, carried) in messages)
            carried.ForEach(delivery => delivery.CarryBy(carrier, now));
        await InsertWhole.InsertAsync(db, [.. messages.SelectMany(m => m.Carried)], (delivery, number) => delivery.Id = number);
        await InsertBodies.WriteAsync(db, [.. messages.Select(m => new DeliveryBody
        {
            DeliveryId = m.Carrier.Id, Content = EventPayload.Combine(m.Carried.Prepend(m.Carrier).Select(d => d.Event!.Payload)),
        })]);
    }

    /// <summary>Inserts them in their order, in the context's transaction, and gives each its number. Their events are saved already.</summary>
    public static Task InsertAsync(AtStatusDbContext db, IReadOnlyList<Delivery> deliveries) =>
        Insert.InsertAsync(db, deliveries, (delivery, number) => delivery.Id = number);
}
