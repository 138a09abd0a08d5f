using System.Linq.Expressions;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore.Query;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>A delivery's row, and its notification's health, as plain statements read and write them, past Entity Framework.</summary>
internal static class DeliveryColumns
{
    internal static readonly TableColumns<Delivery> All = new("Deliveries");

    internal static readonly TableColumns<NotificationHealth> Health = new("NotificationHealth");

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
