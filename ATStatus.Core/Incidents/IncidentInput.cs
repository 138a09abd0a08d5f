using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;

namespace ATStatus.Core.Incidents;

/// <summary>A component that an incident touches, as a person enters it.</summary>
/// <param name="ComponentId">The component; of the incident's page.</param>
/// <param name="Status">The status it has during the incident; null leaves its status alone.</param>
/// <param name="IsChosen">
/// A person chose the status, in a form or by hand. Otherwise it is what the severity suggests, which is worked out anew where the component is
/// named for the first time or the severity is raised.
/// </param>
public sealed record AffectedComponent(int ComponentId, ComponentStatus? Status = null, bool IsChosen = true)
{
    /// <summary>The status that a severity suggests for the components of an incident; null for none.</summary>
    public static ComponentStatus? Suggested(IncidentSeverity severity) => severity switch
    {
        IncidentSeverity.Minor => ComponentStatus.Degraded,
        IncidentSeverity.Major => ComponentStatus.PartialOutage,
        IncidentSeverity.Critical => ComponentStatus.MajorOutage,
        _ => null,
    };

    /// <summary>The status that a severity suggests for a component: never a better one than its own; null for none.</summary>
    public static ComponentStatus? Suggested(IncidentSeverity severity, ComponentStatus own) =>
        Suggested(severity) is { } suggested ? ComponentStatusResolver.Worse(suggested, own) : null;
}

/// <summary>What a person enters for a new incident.</summary>
/// <param name="StatusPageId">The page; not an archived one.</param>
/// <param name="Title">Required; at most <see cref="Incident.TitleLength"/>.</param>
/// <param name="Status">Where it stands; resolved is allowed, for one entered afterwards.</param>
/// <param name="Message">Required; at most <see cref="Incident.MessageLength"/>.</param>
/// <param name="Components">The page's components it touches.</param>
/// <param name="StartedAt">When it began (UTC), after 1999 and not in the future; null for now.</param>
/// <param name="DoNotNotify">Record the events, but skip their deliveries.</param>
public sealed record IncidentInput(
    int? StatusPageId, string? Title, IncidentSeverity Severity, IncidentStatus Status, string? Message,
    IReadOnlyCollection<AffectedComponent> Components, DateTime? StartedAt = null, bool DoNotNotify = false)
{
    /// <summary>When it ended (UTC), not before the start and not in the future; only when it is entered as resolved. Null for now.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>What was learnt, at most <see cref="Incident.PostmortemLength"/>; only when it is entered as resolved.</summary>
    public string? Postmortem { get; init; }

    /// <summary>The title comes from a template: its <see cref="TextVariables"/> are replaced.</summary>
    public bool RendersTitle { get; init; }

    /// <summary>The message comes from a template: its <see cref="TextVariables"/> are replaced.</summary>
    public bool RendersMessage { get; init; }
}

/// <summary>What a person enters for a timeline update.</summary>
/// <param name="Status">The status from now on; null leaves it as it is when the update is posted.</param>
/// <param name="Message">At most <see cref="Incident.MessageLength"/>; null takes the default text of the status that the incident has then.</param>
/// <param name="DoNotNotify">Record the event, but skip its deliveries.</param>
public sealed record IncidentUpdateInput(IncidentStatus? Status, string? Message, bool DoNotNotify = false)
{
    /// <summary>The status that the person saw who chose another: what was set by somebody else since is not written over.</summary>
    public IncidentStatus? SeenStatus { get; init; }

    /// <summary>How bad it is from now on; null leaves it as it is when the update is posted.</summary>
    public IncidentSeverity? Severity { get; init; }

    /// <summary>The severity that the person saw who chose another.</summary>
    public IncidentSeverity? SeenSeverity { get; init; }

    /// <summary>The page's components it touches from now on; null leaves them as they are when the update is posted.</summary>
    public IReadOnlyCollection<AffectedComponent>? Components { get; init; }

    /// <summary>
    /// The components that the person saw. A component whose status is the same in <see cref="Components"/>, or not chosen there, is left as
    /// somebody else has set it since. Null takes every one for a change, so that any other version of the incident is a conflict.
    /// </summary>
    public IReadOnlyCollection<AffectedComponent>? SeenComponents { get; init; }

    /// <summary>
    /// The timeline gets no entry: severity or components change, and the event carries the latest message. The input's own is not looked at.
    /// </summary>
    public bool HasNoEntry { get; init; }

    /// <summary>The message comes from a default text: its <see cref="TextVariables"/> are replaced.</summary>
    public bool RendersMessage { get; init; }

    /// <summary>It resolves the incident, which is refused where it is resolved already.</summary>
    public bool MustBeOpen { get; init; }
}

/// <summary>What is changed of an incident in one save: what an edit can, and what an update can.</summary>
/// <param name="Edit">Title, start and end; null where none of them is changed.</param>
/// <param name="Update">Status, severity, components and a message; null where none of them is changed.</param>
/// <param name="DoNotNotify">Record the events, but skip their deliveries.</param>
public sealed record IncidentChangeInput(IncidentEditInput? Edit, IncidentUpdateInput? Update, bool DoNotNotify = false)
{
    /// <summary>The post-mortem from now on, at most <see cref="Incident.PostmortemLength"/>, empty for none; null leaves it.</summary>
    public string? Postmortem { get; init; }
}

/// <summary>What can be changed of an incident without an update of its own.</summary>
/// <param name="Title">Required; at most <see cref="Incident.TitleLength"/>.</param>
/// <param name="StartedAt">When it began (UTC), after 1999 and not in the future; null leaves it.</param>
/// <param name="EndedAt">When it ended (UTC), not before the start and not in the future; only of a resolved incident. Null for when it was resolved.</param>
/// <param name="DoNotNotify">Record the event, but skip its deliveries.</param>
public sealed record IncidentEditInput(string? Title, DateTime? StartedAt = null, DateTime? EndedAt = null, bool DoNotNotify = false)
{
    /// <summary>
    /// What the person saw before they changed something. What is the same here is left alone; null takes every value for a change,
    /// so that any other version of the incident is a conflict.
    /// </summary>
    public IncidentEditInput? Seen { get; init; }
}
