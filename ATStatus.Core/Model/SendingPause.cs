namespace ATStatus.Core.Model;

/// <summary>The switch that pauses all sending. There is at most one row; while it exists, nothing is sent but tests.</summary>
public sealed class SendingPause
{
    /// <summary>The number of the only row.</summary>
    public const int OnlyId = 1;

    /// <summary>Always <see cref="OnlyId"/>.</summary>
    public int Id { get; set; } = OnlyId;

    /// <summary>Since when (UTC).</summary>
    public DateTime PausedAt { get; set; }

    public required string PausedBy { get; set; }
}
