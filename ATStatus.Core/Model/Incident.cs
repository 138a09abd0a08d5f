using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>Something that went wrong, with the updates that were published.</summary>
public sealed class Incident : IVersioned, ITimestamped
{
    /// <summary>The longest title, in UTF-16 units.</summary>
    public const int TitleLength = 200;

    /// <summary>The longest message of one update, in UTF-16 units.</summary>
    public const int MessageLength = 10_000;

    /// <summary>The longest post-mortem, in UTF-16 units.</summary>
    public const int PostmortemLength = 20_000;

    /// <summary>The database's number; part of each payload.</summary>
    public int Id { get; set; }

    public int StatusPageId { get; set; }

    public StatusPage? StatusPage { get; set; }

    public required string Title { get; set; }

    public IncidentSeverity Severity { get; set; }

    public IncidentStatus Status { get; set; }

    /// <summary>When it began (UTC).</summary>
    public DateTime StartedAt { get; set; }

    /// <summary>When it was last resolved (UTC); null while it is open.</summary>
    public DateTime? ResolvedAt { get; set; }

    /// <summary>When it really ended (UTC), where a person entered that; null for <see cref="ResolvedAt"/>, and while it is open.</summary>
    public DateTime? EndedAt { get; set; }

    /// <summary>Until when what it says of its components counts (UTC); null while it is open.</summary>
    public DateTime? End => EndedAt ?? ResolvedAt;

    /// <summary>What was learnt, written once it was resolved; null where nothing is. Stays when it is reopened, and no event carries it.</summary>
    public string? Postmortem { get; set; }

    /// <summary>When it was entered here (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public int Version { get; set; }

    public List<IncidentUpdate> Updates { get; } = [];

    public List<IncidentComponent> Components { get; } = [];
}
