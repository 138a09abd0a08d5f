using ATStatus.Admin.Api.Bodies;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;

namespace ATStatus.Admin.Api.Incidents;

/// <summary>Reads what bodies say of an incident.</summary>
internal static class IncidentFields
{
    public static IncidentStatus? Status(this FieldCheck check, string? text) =>
        check.Word<IncidentStatus>(text, "status", IncidentStatuses.TryParse, Words.IncidentStatuses);

    public static IncidentSeverity? Impact(this FieldCheck check, string? text) =>
        check.Word<IncidentSeverity>(text, "impact", IncidentSeverities.TryParse, Words.Severities);

    /// <summary>The components that a body names; null where it names none and so leaves them as they are.</summary>
    /// <param name="check">Takes what is wrong.</param>
    /// <param name="ids">Components whose status is suggested, or stays.</param>
    /// <param name="withStatuses">Components with their statuses; they come before the same ones in <paramref name="ids"/>.</param>
    /// <param name="known">What the incident says of its components.</param>
    public static IReadOnlyList<AffectedComponent>? Components(
        this FieldCheck check, Optional<IReadOnlyList<int>?> ids, Optional<IReadOnlyList<IncidentComponentBody>?> withStatuses, IReadOnlyList<AffectedComponent> known)
    {
        if (!ids.IsGiven && !withStatuses.IsGiven)
            return null;
        var named = new Dictionary<int, AffectedComponent>();
        foreach (var component in withStatuses.Value ?? [])
        {
            check.Require(component?.Id is not null, "components", "Each takes the id of a component.");
            if (component?.Id is not { } id)
                continue;
            var status = check.Word<ComponentStatus>(component.Status.Value, "components", ComponentStatuses.TryParse, Words.Statuses);
            named[id] = component.Status.IsGiven ? Chosen(id, status) : Suggested(id);
        }
        foreach (var id in ids.Value ?? [])
            named.TryAdd(id, Suggested(id));
        return [.. named.Values];

        // One that is sent back as it was read is not chosen by that.
        AffectedComponent Chosen(int id, ComponentStatus? status) =>
            known.FirstOrDefault(k => k.ComponentId == id && k.Status == status) ?? new AffectedComponent(id, status);

        AffectedComponent Suggested(int id) => known.FirstOrDefault(k => k.ComponentId == id) ?? new AffectedComponent(id, IsChosen: false);
    }

    /// <summary>
    /// What a PATCH changes of an incident as it was read. What is sent as it was is no change; a message is posted, whatever was posted
    /// before.
    /// </summary>
    public static IncidentChangeInput ChangeOf(this FieldCheck check, IncidentBody body, IncidentDetail seen)
    {
        var row = seen.Row;
        check.Require(body.StatusPageId.Or(seen.StatusPageId) == seen.StatusPageId, "statusPageId", "An incident stays on its page.");
        var status = check.Status(body.Status.Value) is { } s && s != row.Status ? s : (IncidentStatus?)null;
        var severity = check.Impact(body.Impact.Value) is { } i && i != row.Severity ? i : (IncidentSeverity?)null;
        var components = check.Components(body.ComponentIds, body.Components, seen.Affected);
        if (components is not null && components.ToHashSet().SetEquals(seen.Affected))
            components = null;
        var startedAt = check.Time(body.StartedAt.Value, "startedAt") ?? row.StartedAt;
        var endedAt = body.EndedAt.IsGiven ? check.Time(body.EndedAt.Value, "endedAt") : row.EndedAt;
        check.ThrowIfInvalid();

        var message = body.Message.IsGiven ? body.Message.Value ?? "" : null;
        var silent = body.DoNotNotify.Value == true;
        var edit = new IncidentEditInput(
            body.Title.IsGiven ? body.Title.Value : row.Title, startedAt == row.StartedAt ? null : startedAt, endedAt, silent);
        var isEdited = edit.Title != row.Title || edit.StartedAt is not null || endedAt != row.EndedAt;
        var isUpdated = status is not null || message is not null || severity is not null || components is not null;
        var update = !isUpdated ? null : new IncidentUpdateInput(status, message, silent)
        {
            Severity = severity,
            Components = components,
            HasNoEntry = status is null && message is null,
        };
        return new IncidentChangeInput(isEdited ? edit : null, update, silent) { Postmortem = body.Postmortem.IsGiven ? body.Postmortem.Value ?? "" : null };
    }
}
