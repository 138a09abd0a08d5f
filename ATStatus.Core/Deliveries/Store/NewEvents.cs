using System.Data;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>Inserts the events of one transaction, one after the other: their numbers grow in the order in which things happened.</summary>
internal static class NewEvents
{
    private const string Into = """
        INSERT INTO "Events" ("Type", "OccurredAt", "StatusPageId", "SubjectId", "Title", "Payload", "IsTest", "LeftOut", "TitleFolded",
            "ComponentIds", "SaveId")
        """;

    private const string Values = "VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10)";

    private const string Sqlite = $"{Into} {Values}";
    private const string SqlServer = $"""{Into} OUTPUT INSERTED."Id" {Values}""";

    private static readonly DbType[] Columns =
    [
        DbType.String, DbType.DateTime2, DbType.Int32, DbType.Int32, DbType.String, DbType.Binary, DbType.Boolean, DbType.String,
        DbType.String, DbType.String, DbType.Int64,
    ];

    /// <summary>Inserts them in their order, in the context's transaction, and gives each its number.</summary>
    public static async Task InsertAsync(AtStatusDbContext db, IReadOnlyList<StoredEvent> events)
    {
        var rows = new StatementRows(db, db.Database.IsSqlite() ? Sqlite : SqlServer, Columns);
        foreach (var e in events)
            rows.Add(e.Type.ToString(), e.OccurredAt, e.StatusPageId, e.SubjectId, e.Title, e.Payload, e.IsTest, e.LeftOut, e.TitleFolded, Numbers(e.ComponentIds), e.SaveId);
        var numbers = await rows.InsertAsync();
        for (var i = 0; i < numbers.Count; i++)
            events[i].Id = numbers[i];
    }

    /// <summary>A JSON array, as Entity Framework reads it.</summary>
    internal static string? Numbers(IReadOnlyList<int>? ids) => ids switch
    {
        null => null,
        [] => "[]",
        _ => $"[{string.Join(',', ids)}]",
    };
}
