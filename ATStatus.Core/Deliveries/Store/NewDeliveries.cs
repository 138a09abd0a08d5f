using ATStatus.Core.Model;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>
/// Inserts the deliveries of one unit of work. One event goes to many notifications, and a tracked insert of each would cost more
/// than sending it (decision 3).
/// </summary>
internal static class NewDeliveries
{
    private static readonly RowStatement<Delivery> Insert = DeliveryColumns.All.Insert(without: [nameof(Delivery.Body), nameof(Delivery.CarrierId)]);

    /// <summary>Inserts them in their order, in the context's transaction, and gives each its number. Their events are saved already.</summary>
    public static Task InsertAsync(AtStatusDbContext db, IReadOnlyList<Delivery> deliveries) =>
        Insert.InsertAsync(db, deliveries, (delivery, number) => delivery.Id = number);
}
