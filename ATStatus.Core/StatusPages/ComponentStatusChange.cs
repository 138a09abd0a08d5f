using ATStatus.Core.Events;

namespace ATStatus.Core.StatusPages;

/// <summary>One entry of a component's history: from <see cref="At"/> on it had <see cref="Status"/>.</summary>
public sealed class ComponentStatusChange
{
    /// <summary>The database's number.</summary>
    public long Id { get; set; }

    /// <summary>Whose history it is.</summary>
    public int ComponentId { get; set; }

    /// <summary>The status that began.</summary>
    public ComponentStatus Status { get; set; }

    /// <summary>When it began (UTC).</summary>
    public DateTime At { get; set; }
}
