using ATStatus.Core.Events;
using ATStatus.Core.Model;

namespace ATStatus.Core.StatusPages;

/// <summary>A stretch of a component's history in which its status was the same.</summary>
/// <param name="From">When it began (UTC).</param>
/// <param name="Until">When it ended (UTC); null for the one that lasts.</param>
/// <param name="IsCorrected">A person has corrected it since.</param>
public sealed record StatusSegment(DateTime From, DateTime? Until, ComponentStatus Status, bool IsCorrected = false);

/// <summary>
/// The rule by which statements become a status: a correction, the later over the earlier; else the worst of what incidents say; else
/// a maintenance window that covers the own status; else the own status.
/// </summary>
public static class ComponentStatusResolver
{
    /// <summary>How bad a status is for the people who use the component; maintenance is announced, so it stands below an outage.</summary>
    public static int Badness(ComponentStatus status) => status switch
    {
        ComponentStatus.Operational => 0,
        ComponentStatus.Maintenance => 1,
        ComponentStatus.Degraded => 2,
        ComponentStatus.PartialOutage => 3,
        _ => 4,
    };

    public static ComponentStatus Worse(ComponentStatus one, ComponentStatus other) => Badness(one) >= Badness(other) ? one : other;

    public static bool IsDown(ComponentStatus status) => status is ComponentStatus.PartialOutage or ComponentStatus.MajorOutage;

    /// <summary>The status at one moment, of the statements that hold at it.</summary>
    public static ComponentStatus Resolve(IReadOnlyCollection<ComponentStatement> holding)
    {
        if (Latest(holding, StatementSource.Correction) is { } correction)
            return correction.Status;
        var incidents = holding.Where(s => s.Source == StatementSource.Incident).ToList();
        if (incidents.Count > 0)
            return incidents.Select(s => s.Status).MaxBy(Badness);
        var own = Latest(holding, StatementSource.Own);
        return holding.Any(s => s.Source == StatementSource.Window && Covers(s, own)) ? ComponentStatus.Maintenance : own?.Status ?? ComponentStatus.Operational;
    }

    /// <summary>
    /// The history from <paramref name="start"/> until now, the oldest first; the last one lasts. Empty when the start lies in the future.
    /// </summary>
    /// <param name="statements">The component's statements in any order; those that ended before the start may be missing.</param>
    /// <param name="start">Where to begin (UTC): not before the component's life.</param>
    /// <param name="now">Now (UTC).</param>
    public static IReadOnlyList<StatusSegment> Segments(IEnumerable<ComponentStatement> statements, DateTime start, DateTime now)
    {
        if (start > now)
            return [];
        var counting = statements.Where(s => s.From <= now && (s.To is not { } to || (to > s.From && to > start))).OrderBy(s => s.From).ToList();
        var edges = counting.Select(s => s.From).Concat(counting.Select(s => s.To).OfType<DateTime>())
            .Where(edge => edge > start && edge <= now).Append(start).Distinct().Order().ToList();
        var segments = new List<StatusSegment>();
        var holding = new List<ComponentStatement>();
        var next = 0;
        foreach (var edge in edges)
        {
            holding.RemoveAll(s => s.To <= edge);
            for (; next < counting.Count && counting[next].From <= edge; next++)
            {
                if (counting[next].To is not { } to || to > edge)
                    holding.Add(counting[next]);
            }
            if (holding.Count == 0)
                continue;
            var (status, isCorrected) = (Resolve(holding), holding.Exists(s => s.Source == StatementSource.Correction));
            if (segments.LastOrDefault() is { } last && last.Until is null && (last.Status, last.IsCorrected) == (status, isCorrected))
                continue;
            Close(segments, edge);
            segments.Add(new StatusSegment(edge, null, status, isCorrected));
        }
        return segments;
    }

    private static void Close(List<StatusSegment> segments, DateTime at)
    {
        if (segments.Count > 0)
            segments[^1] = segments[^1] with { Until = at };
    }

    private static bool Covers(ComponentStatement window, ComponentStatement? own) => own?.Overrides switch
    {
        WindowOverride.All => false,
        // By the order of saving: however the window's times are moved, it ran when the own status was set, or was begun later.
        WindowOverride.Running => window.Id > own.Id,
        _ => true,
    };

    private static ComponentStatement? Latest(IEnumerable<ComponentStatement> holding, StatementSource source) =>
        holding.Where(s => s.Source == source).MaxBy(s => s.Id);
}
