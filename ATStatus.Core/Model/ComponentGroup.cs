namespace ATStatus.Core.Model;

/// <summary>A heading under which components of a page stand together. Groups do not nest.</summary>
public sealed class ComponentGroup : IVersioned, ITimestamped
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    public int Id { get; set; }

    public int StatusPageId { get; set; }

    public required string Name { get; set; }

    /// <summary>Its place among the page's groups and ungrouped components; ascending.</summary>
    public int Position { get; set; }

    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public int Version { get; set; }

    public List<Component> Components { get; } = [];
}
