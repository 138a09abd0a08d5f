using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>A component that an incident touches.</summary>
public sealed class IncidentComponent
{
    public int IncidentId { get; set; }

    public Incident? Incident { get; set; }

    public int ComponentId { get; set; }

    public Component? Component { get; set; }

    /// <summary>The status it has during the incident; null leaves its status alone.</summary>
    public ComponentStatus? Status { get; set; }

    /// <summary>A person chose the status, in a form or by hand; otherwise it follows what the severity suggests when that is raised.</summary>
    public bool IsChosen { get; set; }
}
