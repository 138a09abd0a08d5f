namespace ATStatus.Core.Events;

/// <summary>Where a maintenance window stands. Stored by name.</summary>
public enum MaintenanceStatus
{
    /// <summary>Announced.</summary>
    Scheduled,

    /// <summary>Running.</summary>
    InProgress,

    /// <summary>Over.</summary>
    Completed,

    /// <summary>Called off before it started, or never started.</summary>
    Cancelled,
}

/// <summary>Names of <see cref="MaintenanceStatus"/> for receivers and for people.</summary>
public static class MaintenanceStatuses
{
    /// <summary>Every value, in declaration order.</summary>
    public static IReadOnlyList<MaintenanceStatus> All { get; } = Array.AsReadOnly(Enum.GetValues<MaintenanceStatus>());

    /// <summary>The name on the wire: <c>scheduled</c> <c>in_progress</c> <c>completed</c> <c>cancelled</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is not a defined value.</exception>
    public static string WireName(this MaintenanceStatus status) => status switch
    {
        MaintenanceStatus.Scheduled => "scheduled",
        MaintenanceStatus.InProgress => "in_progress",
        MaintenanceStatus.Completed => "completed",
        MaintenanceStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>Finds the value with this exact <see cref="WireName"/> (case matters); false for anything else.</summary>
    public static bool TryParse(string? wireName, out MaintenanceStatus status) =>
        WireNames.TryFind(All, WireName, wireName, out status);

    /// <summary>The status within a sentence: "in progress".</summary>
    public static string InSentence(this MaintenanceStatus status) => status.WireName().Replace('_', ' ');

    /// <summary>The name people read, in sentence case.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is not a defined value.</exception>
    public static string Label(this MaintenanceStatus status) => status switch
    {
        MaintenanceStatus.Scheduled => "Scheduled",
        MaintenanceStatus.InProgress => "In progress",
        MaintenanceStatus.Completed => "Completed",
        MaintenanceStatus.Cancelled => "Cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
