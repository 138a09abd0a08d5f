using ATStatus.Core.Model;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>Inserts the events of one transaction, one after the other: their numbers grow in the order in which things happened.</summary>
internal static class NewEvents
{
    /// <summary>The columns that plain statements write.</summary>
    internal static readonly TableColumns<StoredEvent> Columns = new(
        typeof(StoredEvent),
        "Events",
        new("Id", e => e.Id),
        new("Type", e => e.Type.ToString()),
        new("OccurredAt", e => e.OccurredAt),
        new("StatusPageId", e => e.StatusPageId),
        new("SubjectId", e => e.SubjectId),
        new("Title", e => e.Title),
        new("Payload", e => e.Payload),
        new("IsTest", e => e.IsTest),
        new("LeftOut", e => e.LeftOut),
        new("TitleFolded", e => e.TitleFolded),
        new("ComponentIds", e => Numbers(e.ComponentIds)),
        new("SaveId", e => e.SaveId));

    private static readonly RowStatement<StoredEvent> Insert = Columns.Insert(
        "Type", "OccurredAt", "StatusPageId", "SubjectId", "Title", "Payload", "IsTest", "LeftOut", "TitleFolded", "ComponentIds", "SaveId");

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
