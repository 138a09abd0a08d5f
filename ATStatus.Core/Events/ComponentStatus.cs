namespace ATStatus.Core.Events;

/// <summary>How a component is doing. The numbers may be stored: never change or reuse one.</summary>
public enum ComponentStatus
{
    /// <summary>Working.</summary>
    Operational = 0,

    /// <summary>Working, but slowly or with faults.</summary>
    Degraded = 1,

    /// <summary>Down for some; counts as down.</summary>
    PartialOutage = 2,

    /// <summary>Down for all; counts as down.</summary>
    MajorOutage = 3,

    /// <summary>Being worked on; counts neither as up nor as down.</summary>
    Maintenance = 4,
}

/// <summary>Names of <see cref="ComponentStatus"/> for receivers and for people.</summary>
public static class ComponentStatuses
{
    public static IReadOnlyList<ComponentStatus> All { get; } = Array.AsReadOnly(Enum.GetValues<ComponentStatus>());

    /// <summary>The name on the wire, e.g. <c>partial_outage</c>: <c>previousStatus</c> and <c>newStatus</c> in the payload.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is not a defined value.</exception>
    public static string WireName(this ComponentStatus status) => status switch
    {
        ComponentStatus.Operational => "operational",
        ComponentStatus.Degraded => "degraded",
        ComponentStatus.PartialOutage => "partial_outage",
        ComponentStatus.MajorOutage => "major_outage",
        ComponentStatus.Maintenance => "maintenance",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>Finds the value with this exact <see cref="WireName"/> (case matters); false for anything else.</summary>
    public static bool TryParse(string? wireName, out ComponentStatus status) =>
        WireNames.TryFind(All, WireName, wireName, out status);

    /// <summary>The name people read, in sentence case.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is not a defined value.</exception>
    public static string Label(this ComponentStatus status) => status switch
    {
        ComponentStatus.Operational => "Operational",
        ComponentStatus.Degraded => "Degraded",
        ComponentStatus.PartialOutage => "Partial outage",
        ComponentStatus.MajorOutage => "Major outage",
        ComponentStatus.Maintenance => "Maintenance",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
