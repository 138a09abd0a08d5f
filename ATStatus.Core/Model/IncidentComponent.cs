using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>A component that an incident touches.</summary>
public sealed class IncidentComponent
{
    /// <summary>The incident.</summary>
    public int IncidentId { get; set; }

    /// <summary>The incident.</summary>
    public Incident? Incident { get; set; }

    /// <summary>The component.</summary>
    public int ComponentId { get; set; }

    /// <summary>The component.</summary>
    public Component? Component { get; set; }

    /// <summary>The status it has during the incident; null leaves its status alone.</summary>
    public ComponentStatus? Status { get; set; }

    /// <summary>A person chose the status, in a form or by hand; otherwise it follows what the severity suggests when that is raised.</summary>
    public bool IsChosen { get; set; }
}
