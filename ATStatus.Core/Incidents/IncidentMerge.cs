using ATStatus.Core.Problems;

namespace ATStatus.Core.Incidents;

/// <summary>Brings together what a person changed of an incident and what others changed of it since that person read it.</summary>
internal static class IncidentMerge
{
    /// <summary>The input with the incident's own values where the person left them alone, component by component.</summary>
    /// <exception cref="EditConflictException">Both changed the same, and not to the same.</exception>
    public static IncidentEditInput OntoWhatIsThere(Incident incident, IncidentEditInput mine, IncidentEditInput seen)
    {
        var startedAt = mine.StartedAt is null || mine.StartedAt == seen.StartedAt
            ? (DateTime?)null
            : Value(mine.StartedAt, seen.StartedAt, incident.StartedAt);
        return mine with
        {
            Title = Value(mine.Title, seen.Title, incident.Title),
            Severity = Value(mine.Severity, seen.Severity, incident.Severity),
            StartedAt = startedAt,
            Components = [.. Components(incident, mine, seen)],
        };
    }

    private static IEnumerable<AffectedComponent> Components(Incident incident, IncidentEditInput mine, IncidentEditInput seen)
    {
        List<AffectedComponent> now = [.. incident.Components.Select(c => new AffectedComponent(c.ComponentId, c.Status))];
        foreach (var id in now.Concat(mine.Components).Concat(seen.Components).Select(c => c.ComponentId).Distinct())
        {
            if (Value(Of(mine.Components), Of(seen.Components), Of(now)) is { } affected)
                yield return affected;

            AffectedComponent? Of(IEnumerable<AffectedComponent> components) => components.FirstOrDefault(c => c.ComponentId == id);
        }
    }

    private static T Value<T>(T mine, T seen, T now)
    {
        var same = EqualityComparer<T>.Default;
        if (same.Equals(mine, seen))
            return now;
        return same.Equals(now, seen) || same.Equals(now, mine) ? mine : throw new EditConflictException("incident");
    }
}
