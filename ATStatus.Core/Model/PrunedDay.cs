namespace ATStatus.Core.Model;

/// <summary>What retention has removed on one day: the log forgets, but not that it forgot.</summary>
public sealed class PrunedDay
{
    /// <summary>The day (UTC, midnight).</summary>
    public DateTime Day { get; set; }

    /// <summary>Delivered deliveries removed.</summary>
    public int Delivered { get; set; }

    /// <summary>Failed and skipped deliveries removed.</summary>
    public int Failed { get; set; }

    /// <summary>Attempts removed with them.</summary>
    public int Attempts { get; set; }

    /// <summary>Events removed, payloads included, whose last delivery was removed.</summary>
    public int Events { get; set; }
}
