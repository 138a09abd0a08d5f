using System.Linq.Expressions;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore.Query;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>A delivery's row as plain statements read and write it, past Entity Framework.</summary>
internal static class DeliveryColumns
{
    /// <summary>Every column.</summary>
    internal static readonly TableColumns<Delivery> All = new(
        typeof(Delivery),
        "Deliveries",
        new("Id", d => d.Id, (d, row, i) => d.Id = row.GetInt64(i)),
        new("EventId", d => d.EventId, (d, row, i) => d.EventId = row.GetInt64(i)),
        new("EventType", d => d.EventType.ToString(), (d, row, i) => d.EventType = row.Name<EventType>(i)),
        new("NotificationId", d => d.NotificationId, (d, row, i) => d.NotificationId = row.Int32OrNull(i)),
        new("NotificationName", d => d.NotificationName, (d, row, i) => d.NotificationName = row.GetString(i)),
        new("Kind", d => d.Kind, (d, row, i) => d.Kind = row.GetString(i)),
        new("RequestId", d => d.RequestId, (d, row, i) => d.RequestId = row.GetGuid(i)),
        new("State", d => d.State.ToString(), (d, row, i) => d.State = row.Name<DeliveryState>(i)),
        new("Reason", d => d.Reason, (d, row, i) => d.Reason = row.TextOrNull(i)),
        new("Hold", d => d.Hold?.ToString(), (d, row, i) => d.Hold = row.NameOrNull<HoldReason>(i)),
        new("IsOwn", d => d.IsOwn, (d, row, i) => d.IsOwn = row.GetBoolean(i)),
        new("Subject", d => d.Subject, (d, row, i) => d.Subject = row.TextOrNull(i)),
        new("SkipCause", d => d.SkipCause?.ToString(), (d, row, i) => d.SkipCause = row.NameOrNull<SkipCause>(i)),
        new("CancelReason", d => d.CancelReason, (d, row, i) => d.CancelReason = row.TextOrNull(i)),
        new("LastFailure", d => d.LastFailure?.ToString(), (d, row, i) => d.LastFailure = row.NameOrNull<FailureKind>(i)),
        new("LastStatusCode", d => d.LastStatusCode, (d, row, i) => d.LastStatusCode = row.Int32OrNull(i)),
        new("IsTest", d => d.IsTest, (d, row, i) => d.IsTest = row.GetBoolean(i)),
        new("TestProtectedUrl", d => d.TestProtectedUrl, (d, row, i) => d.TestProtectedUrl = row.TextOrNull(i)),
        new("TestProtectedSecret", d => d.TestProtectedSecret, (d, row, i) => d.TestProtectedSecret = row.TextOrNull(i)),
        new("CreatedAt", d => d.CreatedAt, (d, row, i) => d.CreatedAt = row.Utc(i)),
        new("DueAt", d => d.DueAt, (d, row, i) => d.DueAt = row.UtcOrNull(i)),
        new("SettledAt", d => d.SettledAt, (d, row, i) => d.SettledAt = row.UtcOrNull(i)),
        new("AttemptCount", d => d.AttemptCount, (d, row, i) => d.AttemptCount = row.GetInt32(i)),
        new("RoundAttempts", d => d.RoundAttempts, (d, row, i) => d.RoundAttempts = row.GetInt32(i)),
        new("IsRedelivery", d => d.IsRedelivery, (d, row, i) => d.IsRedelivery = row.GetBoolean(i)),
        new("LeaseId", d => d.LeaseId, (d, row, i) => d.LeaseId = row.IsDBNull(i) ? null : row.GetGuid(i)),
        new("LeasedAt", d => d.LeasedAt, (d, row, i) => d.LeasedAt = row.UtcOrNull(i)),
        new("LeaseUntil", d => d.LeaseUntil, (d, row, i) => d.LeaseUntil = row.UtcOrNull(i)),
        new("JobId", d => d.JobId, (d, row, i) => d.JobId = row.TextOrNull(i)),
        new("Version", d => d.Version, (d, row, i) => d.Version = row.GetInt32(i)));

    /// <summary><see cref="Delivery.ForEventJob"/> in a statement. Constants, so that SQL Server takes an index of some rows.</summary>
    internal const string ForEventJob =
        """t."State" = N'Pending' AND t."Hold" IS NULL AND t."IsOwn" = 0 AND t."IsRedelivery" = 0 AND t."IsTest" = 0 AND t."AttemptCount" = 0""";

    /// <summary>What is selected of a row and of whether its event's job may claim it (<see cref="Delivery.ForEventJob"/>).</summary>
    internal static Expression<Func<Delivery, T>> WithForEventJob<T>(Expression<Func<Delivery, bool, T>> select)
    {
        var condition = ReplacingExpressionVisitor.Replace(Delivery.ForEventJob.Parameters[0], select.Parameters[0], Delivery.ForEventJob.Body);
        return Expression.Lambda<Func<Delivery, T>>(ReplacingExpressionVisitor.Replace(select.Parameters[1], condition, select.Body), select.Parameters[0]);
    }
}
