using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Persistence;

/// <summary>
/// The indexes that the log is read by, and the rows as one of them gives them. SQLite chooses an index without knowing how many rows
/// have which value; where it guesses wrong a page reads a million rows, so it is told. SQL Server knows, and is not.
/// </summary>
internal static class LogIndex
{
    /// <summary>The rows as they lie in the table, in the order of their numbers.</summary>
    public const string None = "";

    /// <summary>(NotificationId, Id).</summary>
    public const string Notification = "IX_Deliveries_NotificationId_Id";

    /// <summary>(State, DueAt): settled rows have no due time, so those of one state stand in the order of their numbers.</summary>
    public const string State = "IX_Deliveries_State_DueAt";

    /// <summary>(CreatedAt), and within it the number.</summary>
    public const string CreatedAt = "IX_Deliveries_CreatedAt";

    /// <summary>(State, Id, …) of <see cref="NotArrivedRows"/>.</summary>
    public const string NotArrived = "IX_Deliveries_NotArrived";

    /// <summary>(Id, LastFailure, …) of <see cref="FailingRows"/>.</summary>
    public const string Failing = "IX_Deliveries_Failing";

    /// <summary>(Id) of <see cref="TestRows"/>.</summary>
    public const string Tests = "IX_Deliveries_Tests";

    /// <summary>Settled without having arrived. Constants, as SQL Server demands for a filtered index; so both providers read them.</summary>
    public const string NotArrivedRows = "\"State\" IN ('Failed', 'Skipped')";

    /// <summary>The last attempt failed.</summary>
    public const string FailingRows = "\"LastFailure\" IS NOT NULL";

    /// <summary>Tests.</summary>
    public const string TestRows = "\"IsTest\" = 1";

    /// <summary>(Id) of <see cref="UnfoldedRows"/>, of events.</summary>
    public const string Unfolded = "IX_Events_Unfolded";

    /// <summary>Events of earlier versions whose title is not folded yet.</summary>
    public const string UnfoldedRows = "\"TitleFolded\" IS NULL";

    /// <summary>Events whose title is not folded yet: mostly none, and then no row is read.</summary>
    public static IQueryable<StoredEvent> UnfoldedEvents(AtStatusDbContext db) => db.Database.IsSqlite()
        ? db.Events.FromSqlRaw($"SELECT * FROM \"Events\" INDEXED BY \"{Unfolded}\" WHERE {UnfoldedRows}").AsNoTracking()
        : db.Events.AsNoTracking().Where(e => e.TitleFolded == null);

    /// <summary>The log's rows by an index.</summary>
    public static IQueryable<Delivery> Rows(AtStatusDbContext db, string index)
    {
        var rows = db.Deliveries.AsNoTracking();
        if (!db.Database.IsSqlite())
        {
            return index switch
            {
                NotArrived => rows.Where(d => d.State == DeliveryState.Failed || d.State == DeliveryState.Skipped),
                Failing => rows.Where(d => d.LastFailure != null),
                Tests => rows.Where(d => d.IsTest),
                _ => rows,
            };
        }
        return db.Deliveries.FromSqlRaw(Hinted[index]).AsNoTracking();
    }

    /// <summary>SQLite takes an index of some rows only where its condition stands in the query word by word.</summary>
    private static readonly Dictionary<string, string> Hinted = new()
    {
        [None] = "SELECT * FROM \"Deliveries\" NOT INDEXED",
        [Notification] = By(Notification),
        [State] = By(State),
        [CreatedAt] = By(CreatedAt),
        [NotArrived] = $"{By(NotArrived)} WHERE {NotArrivedRows}",
        [Failing] = $"{By(Failing)} WHERE {FailingRows}",
        [Tests] = $"{By(Tests)} WHERE {TestRows}",
    };

    private static string By(string index) => $"SELECT * FROM \"Deliveries\" INDEXED BY \"{index}\"";
}
