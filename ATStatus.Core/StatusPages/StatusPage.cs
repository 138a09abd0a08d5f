using ATStatus.Core.Events;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.StatusPages;

/// <summary>A public status page: the namespace of components, incidents and maintenance.</summary>
public sealed class StatusPage : IVersioned
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    /// <summary>The longest slug.</summary>
    public const int SlugLength = 64;

    /// <summary>The database's number; part of each payload.</summary>
    public int Id { get; set; }

    /// <summary>What people call the page.</summary>
    public required string Name { get; set; }

    /// <summary>The page's short name in addresses: lower-case letters, digits and single hyphens; unique.</summary>
    public required string Slug { get; set; }

    /// <summary>When the page was made (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    /// <inheritdoc/>
    public int Version { get; set; }

    /// <summary>The page's components in the order people gave them.</summary>
    public List<Component> Components { get; } = [];

    /// <summary>The page as payloads name it.</summary>
    public StatusPageRef ToRef() => new(Id, Name, Slug);
}
