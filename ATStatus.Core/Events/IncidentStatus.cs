namespace ATStatus.Core.Events;

/// <summary>How far an incident has come. The numbers may be stored: never change or reuse one.</summary>
public enum IncidentStatus
{
    /// <summary>Something is wrong; the cause is being looked for.</summary>
    Investigating = 0,

    /// <summary>The cause is known; a fix is on its way.</summary>
    Identified = 1,

    /// <summary>A fix is in place and being watched.</summary>
    Monitoring = 2,

    /// <summary>The incident is over.</summary>
    Resolved = 3,
}

/// <summary>Names of <see cref="IncidentStatus"/> for receivers and for people.</summary>
public static class IncidentStatuses
{
    public static IReadOnlyList<IncidentStatus> All { get; } = Array.AsReadOnly(Enum.GetValues<IncidentStatus>());

    /// <summary>The name on the wire, e.g. <c>investigating</c>: the payload's <c>data.status</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is not a defined value.</exception>
    public static string WireName(this IncidentStatus status) => status switch
    {
        IncidentStatus.Investigating => "investigating",
        IncidentStatus.Identified => "identified",
        IncidentStatus.Monitoring => "monitoring",
        IncidentStatus.Resolved => "resolved",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };

    /// <summary>Finds the value with this exact <see cref="WireName"/> (case matters); false for anything else.</summary>
    public static bool TryParse(string? wireName, out IncidentStatus status) =>
        WireNames.TryFind(All, WireName, wireName, out status);

    /// <summary>The name people read, in sentence case.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="status"/> is not a defined value.</exception>
    public static string Label(this IncidentStatus status) => status switch
    {
        IncidentStatus.Investigating => "Investigating",
        IncidentStatus.Identified => "Identified",
        IncidentStatus.Monitoring => "Monitoring",
        IncidentStatus.Resolved => "Resolved",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
