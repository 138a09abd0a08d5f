using ATStatus.Core.Model;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>Inserts the events of one transaction, one after the other: their numbers grow in the order in which things happened.</summary>
internal static class NewEvents
{
    internal static readonly TableColumns<StoredEvent> Columns = new("Events", new TableColumn<StoredEvent>("ComponentIds", e => Numbers(e.ComponentIds)));

    private static readonly RowStatement<StoredEvent> Insert = Columns.Insert();

    /// <summary>Inserts them in their order, in the context's transaction, and gives each its number.</summary>
    public static Task InsertAsync(AtStatusDbContext db, IReadOnlyList<StoredEvent> events) => Insert.InsertAsync(db, events, (e, number) => e.Id = number);

    /// <summary>A JSON array, as Entity Framework reads it.</summary>
    private static string? Numbers(IReadOnlyList<int>? ids) => ids switch
    {
        null => null,
        [] => "[]",
        _ => $"[{string.Join(',', ids)}]",
    };
}
