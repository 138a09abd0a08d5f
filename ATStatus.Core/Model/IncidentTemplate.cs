using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

public sealed class IncidentTemplate
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    public int Id { get; set; }

    /// <summary>What people call it; unique.</summary>
    public required string Name { get; set; }

    public required string Title { get; set; }

    public IncidentSeverity Severity { get; set; }

    /// <summary>The incident's first status.</summary>
    public IncidentStatus Status { get; set; }

    /// <summary>The first update's message.</summary>
    public required string Message { get; set; }
}
