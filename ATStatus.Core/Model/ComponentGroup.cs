namespace ATStatus.Core.Model;

/// <summary>A heading under which components of a page stand together. Groups do not nest.</summary>
public sealed class ComponentGroup : IVersioned
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    /// <summary>The database's number.</summary>
    public int Id { get; set; }

    /// <summary>The page it stands on.</summary>
    public int StatusPageId { get; set; }

    /// <summary>What people call it.</summary>
    public required string Name { get; set; }

    /// <summary>Its place among the page's groups and ungrouped components; ascending.</summary>
    public int Position { get; set; }

    /// <inheritdoc/>
    public int Version { get; set; }

    /// <summary>What stands in it.</summary>
    public List<Component> Components { get; } = [];
}
