using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>What an update says whose message is left out, for each status. At most one row; a text that is null is <see cref="Standard"/>.</summary>
public sealed class IncidentDefaultTexts : IVersioned
{
    public const int OnlyId = 1;

    public int Id { get; set; } = OnlyId;

    public string? Investigating { get; set; }

    public string? Identified { get; set; }

    public string? Monitoring { get; set; }

    public string? Resolved { get; set; }

    public int Version { get; set; }

    /// <summary>The text of a status, with its variables.</summary>
    public string Of(IncidentStatus status) => status switch
    {
        IncidentStatus.Investigating => Investigating,
        IncidentStatus.Identified => Identified,
        IncidentStatus.Monitoring => Monitoring,
        IncidentStatus.Resolved => Resolved,
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    } ?? Standard(status);

    /// <summary>The text of a status that nobody has written one for.</summary>
    public static string Standard(IncidentStatus status) => status switch
    {
        IncidentStatus.Investigating => "We are investigating this issue.",
        IncidentStatus.Identified => "The issue has been identified and a fix is being implemented.",
        IncidentStatus.Monitoring => "A fix has been implemented and we are monitoring the results.",
        IncidentStatus.Resolved => "This incident has been resolved.",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, null),
    };
}
