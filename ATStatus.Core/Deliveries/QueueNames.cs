using System.Globalization;

namespace ATStatus.Core.Deliveries;

/// <summary>Names shared by those who make delivery jobs and those who run them.</summary>
public static class QueueNames
{
    /// <summary>First attempts: a job for each event (<see cref="EventJob"/>).</summary>
    public const string Events = "events";

    /// <summary>Deliveries with a job of their own that may be sent at once: in order, slow, once held, or asked for by a person.</summary>
    public const string Own = "deliveries";

    /// <summary>Deliveries with a job of their own whose time has come: retries.</summary>
    public const string Retries = "retries";

    /// <summary>The set in the job storage that holds <c>event:job</c> for every event's job that is queued or running; see <see cref="LiveJobs"/>.</summary>
    public const string LiveEvents = "atstatus:live-events";

    /// <summary>
    /// The set in the job storage that holds <c>delivery:job</c> for every job that is queued, scheduled or running. It
    /// is written in the same storage transaction as the job's state, so it is lost exactly when the jobs are.
    /// </summary>
    public const string LiveJobs = "atstatus:live-deliveries";

    /// <summary>A member of <see cref="LiveJobs"/> or <see cref="LiveEvents"/>.</summary>
    public static string LiveJob(long id, string jobId) =>
        string.Create(CultureInfo.InvariantCulture, $"{id}:{jobId}");

    /// <summary>The number of a member of <see cref="LiveJobs"/> or <see cref="LiveEvents"/>; null for what is none.</summary>
    public static long? NumberOf(string liveJob) =>
        liveJob.IndexOf(':', StringComparison.Ordinal) is > 0 and var colon
        && long.TryParse(liveJob.AsSpan(0, colon), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            ? id : null;
}
