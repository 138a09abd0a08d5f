using ATStatus.Core.Events;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.StatusPages;

/// <summary>A part of the system whose status a page shows.</summary>
public sealed class Component : IVersioned
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    /// <summary>The database's number; part of each payload.</summary>
    public int Id { get; set; }

    /// <summary>The page it stands on.</summary>
    public int StatusPageId { get; set; }

    /// <summary>The page it stands on.</summary>
    public StatusPage? StatusPage { get; set; }

    /// <summary>What people call the component.</summary>
    public required string Name { get; set; }

    /// <summary>The status now.</summary>
    public ComponentStatus Status { get; set; }

    /// <summary>Its place on the page, ascending.</summary>
    public int Position { get; set; }

    /// <summary>When the component was added (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    /// <inheritdoc/>
    public int Version { get; set; }

    /// <summary>Every status the component had, each with the moment it began.</summary>
    public List<ComponentStatusChange> History { get; } = [];
}
