using ATStatus.Core.Model;
using ATStatus.Core.Problems;

namespace ATStatus.Core.Incidents;

/// <summary>Brings together what a person changed of an incident and what others changed of it since that person read it.</summary>
internal static class IncidentMerge
{
    /// <summary>The input with the incident's own values where the person left them alone.</summary>
    /// <exception cref="EditConflictException">Both changed the same, and not to the same.</exception>
    public static IncidentEditInput OntoWhatIsThere(Incident incident, IncidentEditInput mine, IncidentEditInput seen) => mine with
    {
        Title = Value(mine.Title, seen.Title, incident.Title),
        StartedAt = mine.StartedAt is null || mine.StartedAt == seen.StartedAt ? null : Value(mine.StartedAt, seen.StartedAt, incident.StartedAt),
        EndedAt = Value(mine.EndedAt, seen.EndedAt, incident.EndedAt),
    };

    /// <summary>
    /// The components of an update, one by one: what the person left alone is as it is by now. A status that only follows the severity counts
    /// as left alone.
    /// </summary>
    /// <exception cref="IllegalTransitionException">Somebody else changed the same component, and not to the same.</exception>
    public static IEnumerable<AffectedComponent> Components(
        Incident incident, IReadOnlyCollection<AffectedComponent> mine, IReadOnlyCollection<AffectedComponent> seen)
    {
        List<AffectedComponent> now = [.. incident.Components.Select(c => new AffectedComponent(c.ComponentId, c.Status, c.IsChosen))];
        foreach (var id in now.Concat(mine).Concat(seen).Select(c => c.ComponentId).Distinct())
        {
            if (Component(Of(mine), Of(seen), Of(now)) is { } affected)
                yield return affected;

            AffectedComponent? Of(IEnumerable<AffectedComponent> components) => components.FirstOrDefault(c => c.ComponentId == id);

            AffectedComponent? Component(AffectedComponent? mine, AffectedComponent? seen, AffectedComponent? now)
            {
                var leftAlone = mine is null ? seen is null : seen is not null && (!mine.IsChosen || mine.Status == seen.Status);
                if (leftAlone)
                    return now is not null && mine is { IsChosen: true } && mine.Status == now.Status ? mine : now;
                var sameAsSeen = now is null ? seen is null : seen is not null && now.Status == seen.Status;
                var sameAsMine = now is null ? mine is null : mine is not null && (!mine.IsChosen || now.Status == mine.Status);
                if (sameAsSeen || now is null && mine is null)
                    return mine;
                return sameAsMine ? mine is { IsChosen: true } ? mine : now : throw new IllegalTransitionException(
                    $"Someone else changed {Name(incident, id)} in the meantime. Your update was not posted; choose its status again.");
            }
        }
    }

    private static string Name(Incident incident, int componentId) =>
        incident.Components.Find(c => c.ComponentId == componentId)?.Component?.Name is { } name ? $"the status of {name}" : "the components";

    private static T Value<T>(T mine, T seen, T now)
    {
        var same = EqualityComparer<T>.Default;
        if (same.Equals(mine, seen))
            return now;
        return same.Equals(now, seen) || same.Equals(now, mine) ? mine : throw new EditConflictException("incident");
    }
}
