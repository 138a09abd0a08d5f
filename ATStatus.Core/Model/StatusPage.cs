using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>A public status page: the namespace of components, incidents and maintenance.</summary>
public sealed class StatusPage : IVersioned, ITimestamped
{
    /// <summary>The longest name, in UTF-16 units.</summary>
    public const int NameLength = 100;

    public const int SlugLength = 64;

    /// <summary>The database's number; part of each payload.</summary>
    public int Id { get; set; }

    public required string Name { get; set; }

    /// <summary>The page's short name in addresses: lower-case letters, digits and single hyphens; unique.</summary>
    public required string Slug { get; set; }

    /// <summary>The longest description, in UTF-16 units.</summary>
    public const int DescriptionLength = 2_000;

    /// <summary>What the page is about; empty where nobody said.</summary>
    public string Description { get; set; } = "";

    public const int PublicUrlLength = 2_000;

    /// <summary>Where the public reads the page (absolute http or https URL); null where nobody said. Messages link to it.</summary>
    public string? PublicUrl { get; set; }

    /// <summary>The IANA time zone in which its maintenance is planned and its days begin, such as <c>Europe/Berlin</c>.</summary>
    public string TimeZone { get; set; } = "UTC";

    /// <summary>When it was put away (UTC): it keeps everything, and nothing new is made on it. Null while it is in use.</summary>
    public DateTime? ArchivedAt { get; set; }

    /// <summary>When the page was made (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public int Version { get; set; }

    public List<Component> Components { get; } = [];

    /// <summary>The groups some of them stand in.</summary>
    public List<ComponentGroup> Groups { get; } = [];

    /// <summary>The page as payloads name it.</summary>
    public StatusPageRef ToRef() => new(Id, Name, Slug);
}
