using System.Text.Json.Serialization;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;

namespace ATStatus.Admin.Api.Incidents;

/// <summary>An incident.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Title">What went wrong.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="Impact">How bad it is: the severity of the console and of webhooks.</param>
/// <param name="StatusPageId">The page it is on.</param>
/// <param name="Message">The latest message.</param>
/// <param name="ComponentIds">The components it touches.</param>
/// <param name="Components">The same with the status each has during it.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="ResolvedAt">When it ended; null while it is open.</param>
/// <param name="Postmortem">What was learnt; null where nothing is written.</param>
/// <param name="Updates">Its timeline, the latest first.</param>
/// <param name="CreatedAt">When it was entered.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="Version">What <c>If-Match</c> takes.</param>
public sealed record IncidentAnswer(
    int Id, string Title, [property: Words(typeof(IncidentStatus))] string Status, [property: Words(typeof(IncidentSeverity))] string Impact, int StatusPageId,
    string Message, IReadOnlyList<int> ComponentIds, IReadOnlyList<IncidentComponentAnswer> Components, [property: Instant] string StartedAt,
    [property: Instant] string? ResolvedAt, string? Postmortem, IReadOnlyList<IncidentUpdateAnswer> Updates, [property: Instant] string CreatedAt,
    [property: Instant] string UpdatedAt, int Version)
{
    internal static IncidentAnswer Of(IncidentDetail incident) => new(
        incident.Row.Id, incident.Row.Title, incident.Row.Status.WireName(), incident.Row.Severity.WireName(), incident.StatusPageId,
        incident.Updates.Count > 0 ? incident.Updates[0].Message : "", incident.ComponentIds,
        [.. incident.Affected.Select(a => new IncidentComponentAnswer(a.ComponentId, a.Status?.WireName()))], Times.Text(incident.Row.StartedAt),
        Times.Text(incident.Row.End), incident.Postmortem,
        [.. incident.Updates.Select(u => new IncidentUpdateAnswer(u.Id, u.Status.WireName(), u.Message, Times.Text(u.At)))], Times.Text(incident.CreatedAt),
        Times.Text(incident.UpdatedAt), incident.Version);
}

/// <summary>A component that an incident touches.</summary>
/// <param name="Id">The component.</param>
/// <param name="Status">The status it has during the incident; null where the incident leaves its status alone.</param>
public sealed record IncidentComponentAnswer(int Id, [property: Words(typeof(ComponentStatus))] string? Status);

/// <summary>An entry of a timeline.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Status">The status from then on.</param>
/// <param name="Message">What was posted.</param>
/// <param name="At">When.</param>
public sealed record IncidentUpdateAnswer(int Id, [property: Words(typeof(IncidentStatus))] string Status, string Message, [property: Instant] string At);

/// <summary>A component and its status, as they are sent.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record IncidentComponentBody
{
    /// <summary>The component. Required.</summary>
    public int? Id { get; init; }

    /// <summary>The status it has during the incident; null leaves its status alone; left out, the impact suggests one.</summary>
    [Words(typeof(ComponentStatus))]
    public Optional<string?> Status { get; init; }
}

/// <summary>
/// What is sent to open or change an incident. A PATCH keeps what is left out; one with a message or another status posts an update.
/// </summary>
public sealed record IncidentBody : WriteBody
{
    /// <summary>What went wrong. Required when it is opened.</summary>
    public Optional<string?> Title { get; init; }

    /// <summary>Where it stands; investigating where left out when it is opened.</summary>
    [Words(typeof(IncidentStatus))]
    public Optional<string?> Status { get; init; }

    /// <summary>How bad it is; minor where left out when it is opened.</summary>
    [Words(typeof(IncidentSeverity))]
    public Optional<string?> Impact { get; init; }

    /// <summary>The page it is on. Required when it is opened; an incident stays on its page.</summary>
    public Optional<int?> StatusPageId { get; init; }

    /// <summary>
    /// What is posted. Required when it is opened. A PATCH posts it; one with another status and without it posts that status's default text.
    /// </summary>
    public Optional<string?> Message { get; init; }

    /// <summary>The components it touches: all there shall be. The impact suggests the status of one that is new.</summary>
    public Optional<IReadOnlyList<int>?> ComponentIds { get; init; }

    /// <summary>The same with the status each shall have during it.</summary>
    public Optional<IReadOnlyList<IncidentComponentBody>?> Components { get; init; }

    /// <summary>When it began; now where left out when it is opened.</summary>
    [Instant]
    public Optional<string?> StartedAt { get; init; }

    /// <summary>When it ended, answered as resolvedAt; only of a resolved incident. Null for when it was resolved.</summary>
    [Instant]
    public Optional<string?> EndedAt { get; init; }

    /// <summary>What was learnt, only of a resolved incident; null or empty for nothing. It raises no event, and stays when the incident is reopened.</summary>
    public Optional<string?> Postmortem { get; init; }

    /// <summary>Record the events, but send them to no one.</summary>
    public Optional<bool?> DoNotNotify { get; init; }

    /// <inheritdoc/>
    protected override Type AnswerType => typeof(IncidentAnswer);
}

/// <summary>What is sent to post an update.</summary>
public sealed record IncidentUpdateBody : WriteBody
{
    /// <summary>What is posted; left out beside something else, the default text of the status that the incident has then.</summary>
    public string? Message { get; init; }

    /// <summary>The status from now on; left out, it stays.</summary>
    [Words(typeof(IncidentStatus))]
    public string? Status { get; init; }

    /// <summary>How bad it is from now on; left out, it stays.</summary>
    [Words(typeof(IncidentSeverity))]
    public string? Impact { get; init; }

    /// <summary>The components it touches from now on; left out, they stay.</summary>
    public Optional<IReadOnlyList<int>?> ComponentIds { get; init; }

    /// <summary>The same with the status each shall have.</summary>
    public Optional<IReadOnlyList<IncidentComponentBody>?> Components { get; init; }

    /// <summary>Record the events, but send them to no one.</summary>
    public bool? DoNotNotify { get; init; }
}

/// <summary>What is sent to resolve an incident.</summary>
public sealed record IncidentResolveBody : WriteBody
{
    /// <summary>What is posted; left out, the default text of Resolved.</summary>
    public string? Message { get; init; }

    /// <summary>Record the events, but send them to no one.</summary>
    public bool? DoNotNotify { get; init; }
}
