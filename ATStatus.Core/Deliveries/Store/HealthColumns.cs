using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>A notification's health as plain statements read and write it.</summary>
internal static class HealthColumns
{
    /// <summary>Every column; the key is the first.</summary>
    internal static readonly TableColumns<NotificationHealth> All = new(
        typeof(NotificationHealth),
        "NotificationHealth",
        new("NotificationId", h => h.NotificationId, (h, row, i) => h.NotificationId = row.GetInt32(i)),
        new("ConsecutiveFailures", h => h.ConsecutiveFailures, (h, row, i) => h.ConsecutiveFailures = row.GetInt32(i)),
        new("LastTimedOut", h => h.LastTimedOut, (h, row, i) => h.LastTimedOut = row.GetBoolean(i)),
        new("OpenedAt", h => h.OpenedAt, (h, row, i) => h.OpenedAt = row.UtcOrNull(i)),
        new("NextProbeAt", h => h.NextProbeAt, (h, row, i) => h.NextProbeAt = row.UtcOrNull(i)),
        new("FailedProbes", h => h.FailedProbes, (h, row, i) => h.FailedProbes = row.GetInt32(i)),
        new("DrainingSince", h => h.DrainingSince, (h, row, i) => h.DrainingSince = row.UtcOrNull(i)),
        new("LastSuccessAt", h => h.LastSuccessAt, (h, row, i) => h.LastSuccessAt = row.UtcOrNull(i)),
        new("FailedDeliveries", h => h.FailedDeliveries, (h, row, i) => h.FailedDeliveries = row.GetInt32(i)),
        new("CountingSince", h => h.CountingSince, (h, row, i) => h.CountingSince = row.Utc(i)),
        new("AlertedAt", h => h.AlertedAt, (h, row, i) => h.AlertedAt = row.UtcOrNull(i)),
        new("LastDeliveryId", h => h.LastDeliveryId, (h, row, i) => h.LastDeliveryId = row.IsDBNull(i) ? null : row.GetInt64(i)),
        new("LastAttemptAt", h => h.LastAttemptAt, (h, row, i) => h.LastAttemptAt = row.UtcOrNull(i)),
        new("LastFailure", h => h.LastFailure?.ToString(), (h, row, i) => h.LastFailure = row.NameOrNull<FailureKind>(i)),
        new("LastStatusCode", h => h.LastStatusCode, (h, row, i) => h.LastStatusCode = row.Int32OrNull(i)));
}
