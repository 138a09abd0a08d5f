using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Core.Model;

/// <summary>A part of the system whose status a page shows.</summary>
public sealed class Component : IVersioned, ITimestamped
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    /// <summary>The database's number; part of each payload.</summary>
    public int Id { get; set; }

    public int StatusPageId { get; set; }

    public StatusPage? StatusPage { get; set; }

    public required string Name { get; set; }

    /// <summary>The longest description, in UTF-16 units.</summary>
    public const int DescriptionLength = 500;

    /// <summary>What it is; empty where nobody said.</summary>
    public string Description { get; set; } = "";

    public bool IsVisible { get; set; } = true;

    /// <summary>The status now, which follows from <see cref="Statements"/>.</summary>
    public ComponentStatus Status { get; set; }

    /// <summary>The group it stands in; null on the page itself.</summary>
    public int? GroupId { get; set; }

    public ComponentGroup? Group { get; set; }

    /// <summary>Its place in its group, or among the page's groups and ungrouped components; ascending.</summary>
    public int Position { get; set; }

    /// <summary>Sorts components as their page shows them.</summary>
    public static IEnumerable<Component> InPageOrder(IEnumerable<Component> components) => components
        .OrderBy(c => c.Group?.Position ?? c.Position)
        .ThenBy(c => c.GroupId ?? 0)
        .ThenBy(c => c.Group is null ? 0 : c.Position)
        .ThenBy(c => c.Id);

    /// <summary>When the component was added (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public int Version { get; set; }

    /// <summary>What was and is said of its status; see <see cref="ComponentStatements"/>.</summary>
    public List<ComponentStatement> Statements { get; } = [];
}
