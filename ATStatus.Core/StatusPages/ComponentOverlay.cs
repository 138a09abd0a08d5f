using ATStatus.Core.Events;

namespace ATStatus.Core.StatusPages;

/// <summary>What says that a component's status is another than its own.</summary>
public enum OverlaySource
{
    /// <summary>An open incident.</summary>
    Incident,

    /// <summary>A maintenance window in progress.</summary>
    Maintenance,
}

/// <summary>
/// A status that an open incident or a running maintenance window gives a component for as long as it lasts. The row
/// exists for just that long.
/// </summary>
public sealed class ComponentOverlay
{
    /// <summary>The component.</summary>
    public int ComponentId { get; set; }

    /// <summary>What kind of thing says so.</summary>
    public OverlaySource Source { get; set; }

    /// <summary>The number of the incident or window.</summary>
    public int SourceId { get; set; }

    /// <summary>The status it gives.</summary>
    public ComponentStatus Status { get; set; }
}
