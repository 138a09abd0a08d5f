namespace ATStatus.Core.Model;

/// <summary>
/// What a person asked to be resent: everything of one notification that failed or was skipped since a moment. It is
/// carried out in batches and remembers how far it has come, so that a restart goes on where it stopped.
/// </summary>
public sealed class RecoveryRun
{
    public int Id { get; set; }

    /// <summary>Whose deliveries; a deleted notification takes its recoveries with it.</summary>
    public int NotificationId { get; set; }

    /// <summary>Deliveries that failed or were skipped at this moment or later (UTC).</summary>
    public DateTime Since { get; set; }

    public bool Failed { get; set; }

    /// <summary>Those that were skipped because the notification was off.</summary>
    public bool Skipped { get; set; }

    /// <summary>The newest delivery it is about: what is recorded later is none of its business.</summary>
    public long UpTo { get; set; }

    /// <summary>Up to which delivery it has come.</summary>
    public long Done { get; set; }

    /// <summary>How many there were when it was asked for.</summary>
    public int Total { get; set; }

    public int Reopened { get; set; }

    public required string RequestedBy { get; set; }

    /// <summary>When it was asked for (UTC).</summary>
    public DateTime RequestedAt { get; set; }

    /// <summary>When it was through, or called off (UTC); null while it runs.</summary>
    public DateTime? FinishedAt { get; set; }

    /// <summary>It was called off before it was through.</summary>
    public bool IsCancelled { get; set; }
}
