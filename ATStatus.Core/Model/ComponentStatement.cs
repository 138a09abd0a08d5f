using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Core.Model;

/// <summary>What says something of a component's status. Stored by name.</summary>
public enum StatementSource
{
    /// <summary>The component's own status, which it has where nothing else is said.</summary>
    Own,

    /// <summary>An incident.</summary>
    Incident,

    /// <summary>A maintenance window.</summary>
    Window,

    /// <summary>A correction of the history: it counts more than everything else, and for the past only.</summary>
    Correction,
}

/// <summary>Which maintenance windows an own status shows through. Stored by name.</summary>
public enum WindowOverride
{
    /// <summary>None: any window covers it.</summary>
    None,

    /// <summary>The windows that ran when it was saved: it shows in place of them, and a later one covers it.</summary>
    Running,

    /// <summary>All, the later ones too.</summary>
    All,
}

/// <summary>
/// Something said of a component's status, from when to when. Present status, history, uptime and what is announced all follow from
/// these rows (<see cref="ComponentStatusResolver"/>).
/// </summary>
public sealed class ComponentStatement
{
    /// <summary>Grows in the order of saving.</summary>
    public long Id { get; set; }

    public int ComponentId { get; set; }

    public StatementSource Source { get; set; }

    /// <summary>The number of the incident or window; null for the others.</summary>
    public int? SourceId { get; set; }

    public ComponentStatus Status { get; set; }

    /// <summary>Which windows an own status shows through; of no meaning for the others.</summary>
    public WindowOverride Overrides { get; set; }

    /// <summary>An incident said it when it was created, so it holds from the incident's start, wherever that is moved.</summary>
    public bool SinceStart { get; set; }

    /// <summary>When it was saved (UTC).</summary>
    public DateTime SavedAt { get; set; }

    /// <summary>When something took its place, or it was taken back (UTC); null where nothing did, also when its incident is resolved.</summary>
    public DateTime? ReplacedAt { get; set; }

    /// <summary>From when it counts (UTC): <see cref="SavedAt"/>, or what the times of its incident or window make of it.</summary>
    public DateTime From { get; set; }

    /// <summary>Until when it counts (UTC), not included; null while it is in force. Not after <see cref="From"/>, it counts for nothing.</summary>
    public DateTime? To { get; set; }

    /// <summary>Who corrected the history: the account's name at that time; null for the others.</summary>
    public string? Author { get; set; }

    /// <summary>It ends now: something else is said in its place, or nothing any more.</summary>
    internal void Replace(DateTime now) => (ReplacedAt, To) = (now, now);
}
