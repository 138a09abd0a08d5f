namespace ATStatus.Core.Model;

/// <summary>
/// How many attempts one notification had in one hour, by whether they failed and how long they took: what charts are drawn from, so that
/// they need not read a log of millions. Counted from the attempts, tests and cancelled ones left out; what retention removes stays counted.
/// </summary>
public sealed class HourlyAttemptCount
{
    public int NotificationId { get; set; }

    /// <summary>The hour (UTC, its beginning).</summary>
    public DateTime Hour { get; set; }

    public bool IsFailure { get; set; }

    /// <summary>The number of the duration's bucket; the first holds the shortest.</summary>
    public int Bucket { get; set; }

    public int Count { get; set; }

    internal static DateTime HourOf(DateTime at) => at.AddTicks(-(at.Ticks % TimeSpan.TicksPerHour));
}

/// <summary>How far something that reads a growing table has come.</summary>
public sealed class Checkpoint
{
    public const int NameLength = 40;

    /// <summary>Who reads.</summary>
    public required string Name { get; set; }

    /// <summary>The last row it has taken.</summary>
    public long Value { get; set; }
}
