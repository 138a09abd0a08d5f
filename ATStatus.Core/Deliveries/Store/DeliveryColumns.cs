using System.Data.Common;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>A delivery's row as the store reads it, past Entity Framework (<see cref="StoreReads"/>).</summary>
internal static class DeliveryColumns
{
    /// <summary>What <see cref="OfRow"/> takes, in its order.</summary>
    internal const string RowColumns = """
        "Id", "EventId", "NotificationId", "NotificationName", "Kind", "RequestId", "State", "Reason", "Hold", "Subject", "SkipCause",
        "LastFailure", "LastStatusCode", "IsTest", "TestProtectedUrl", "TestProtectedSecret", "CreatedAt", "DueAt", "SettledAt",
        "AttemptCount", "RoundAttempts", "IsRedelivery", "LeaseId", "LeasedAt", "LeaseUntil", "JobId", "Version", "EventType", "CancelReason", "IsOwn"
        """;

    /// <summary>The delivery of a row of <see cref="RowColumns"/>.</summary>
    internal static Delivery OfRow(DbDataReader row) => new()
    {
        Id = row.GetInt64(0),
        EventId = row.GetInt64(1),
        NotificationId = row.Int32OrNull(2),
        NotificationName = row.GetString(3),
        Kind = row.GetString(4),
        RequestId = row.GetGuid(5),
        State = row.Name<DeliveryState>(6),
        Reason = row.TextOrNull(7),
        Hold = row.NameOrNull<HoldReason>(8),
        Subject = row.TextOrNull(9),
        SkipCause = row.NameOrNull<SkipCause>(10),
        LastFailure = row.NameOrNull<FailureKind>(11),
        LastStatusCode = row.Int32OrNull(12),
        IsTest = row.GetBoolean(13),
        TestProtectedUrl = row.TextOrNull(14),
        TestProtectedSecret = row.TextOrNull(15),
        CreatedAt = row.Utc(16),
        DueAt = row.UtcOrNull(17),
        SettledAt = row.UtcOrNull(18),
        AttemptCount = row.GetInt32(19),
        RoundAttempts = row.GetInt32(20),
        IsRedelivery = row.GetBoolean(21),
        LeaseId = row.IsDBNull(22) ? null : row.GetGuid(22),
        LeasedAt = row.UtcOrNull(23),
        LeaseUntil = row.UtcOrNull(24),
        JobId = row.TextOrNull(25),
        Version = row.GetInt32(26),
        EventType = row.Name<EventType>(27),
        CancelReason = row.TextOrNull(28),
        IsOwn = row.GetBoolean(29),
    };
}
