namespace ATStatus.Core.Events;

/// <summary>How bad an incident is, from mildest to worst. The numbers may be stored: never change or reuse one.</summary>
public enum IncidentSeverity
{
    None = 0,
    Minor = 1,
    Major = 2,
    Critical = 3,
}

/// <summary>Names of <see cref="IncidentSeverity"/> for receivers and for people.</summary>
public static class IncidentSeverities
{
    public static IReadOnlyList<IncidentSeverity> All { get; } = Array.AsReadOnly(Enum.GetValues<IncidentSeverity>());

    /// <summary>The name on the wire, e.g. <c>major</c>: the payload's <c>data.severity</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="severity"/> is not a defined value.</exception>
    public static string WireName(this IncidentSeverity severity) => severity switch
    {
        IncidentSeverity.None => "none",
        IncidentSeverity.Minor => "minor",
        IncidentSeverity.Major => "major",
        IncidentSeverity.Critical => "critical",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, null),
    };

    /// <summary>Finds the value with this exact <see cref="WireName"/> (case matters); false for anything else.</summary>
    public static bool TryParse(string? wireName, out IncidentSeverity severity) =>
        WireNames.TryFind(All, WireName, wireName, out severity);

    /// <summary>The name people read, in sentence case.</summary>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="severity"/> is not a defined value.</exception>
    public static string Label(this IncidentSeverity severity) => severity switch
    {
        IncidentSeverity.None => "None",
        IncidentSeverity.Minor => "Minor",
        IncidentSeverity.Major => "Major",
        IncidentSeverity.Critical => "Critical",
        _ => throw new ArgumentOutOfRangeException(nameof(severity), severity, null),
    };
}
