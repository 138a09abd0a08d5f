using System.Globalization;

namespace ATStatus.Core.Deliveries;

/// <summary>Names shared by those who make delivery jobs and those who run them.</summary>
public static class QueueNames
{
    /// <summary>First attempts of a round.</summary>
    public const string First = "deliveries";

    /// <summary>Retries: slow endpoints that fail must not stand before fresh events.</summary>
    public const string Retries = "retries";

    /// <summary>
    /// The set in the job storage that holds <c>delivery:job</c> for every job that is queued, scheduled or running. It
    /// is written in the same storage transaction as the job's state, so it is lost exactly when the jobs are.
    /// </summary>
    public const string LiveJobs = "atstatus:live-deliveries";

    /// <summary>A member of <see cref="LiveJobs"/>.</summary>
    public static string LiveJob(long deliveryId, string jobId) =>
        string.Create(CultureInfo.InvariantCulture, $"{deliveryId}:{jobId}");

    /// <summary>The delivery of a member of <see cref="LiveJobs"/>; null for what is none.</summary>
    public static long? DeliveryOf(string liveJob) =>
        liveJob.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
        && long.TryParse(liveJob.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id : null;
}
