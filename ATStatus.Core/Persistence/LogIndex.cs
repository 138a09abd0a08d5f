using ATStatus.Core.Model;

namespace ATStatus.Core.Persistence;

/// <summary>
/// The indexes that the log is read by, and the rows as one of them gives them. Where the database would guess which to take, and guess wrong, a page
/// reads a million rows.
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

    public const string TestRows = "\"IsTest\" = 1";

    /// <summary>(Id) of <see cref="UnfoldedRows"/>, of events.</summary>
    public const string Unfolded = "IX_Events_Unfolded";

    /// <summary>Events of earlier versions whose title is not folded yet.</summary>
    public const string UnfoldedRows = "\"TitleFolded\" IS NULL";

    /// <summary>Events whose title is not folded yet: mostly none, and then no row is read.</summary>
    public static IQueryable<StoredEvent> UnfoldedEvents(AtStatusDbContext db) => db.Dialect.By(db.Events, Unfolded, UnfoldedRows, e => e.TitleFolded == null);

    /// <summary>The log's rows by an index.</summary>
    public static IQueryable<Delivery> Rows(AtStatusDbContext db, string index) => index switch
    {
        NotArrived => db.Dialect.By(db.Deliveries, index, NotArrivedRows, d => d.State == DeliveryState.Failed || d.State == DeliveryState.Skipped),
        Failing => db.Dialect.By(db.Deliveries, index, FailingRows, d => d.LastFailure != null),
        Tests => db.Dialect.By(db.Deliveries, index, TestRows, d => d.IsTest),
        _ => db.Dialect.By(db.Deliveries, index, null, null),
    };
}
