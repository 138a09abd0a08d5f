using ATStatus.Core.Events;
using ATStatus.Core.Incidents;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>
/// The components of an incident while they are being chosen. One that is ticked gets the status that the severity suggests,
/// and follows the severity until a person chooses a status for it. What was saved before counts as chosen. Of what somebody else
/// saves meanwhile, each component that was not touched here follows.
/// </summary>
public sealed class AffectedDraft
{
    private readonly HashSet<int> _following = [];
    private bool _overlooked;

    /// <summary>What is chosen.</summary>
    public IReadOnlyList<AffectedComponent> Chosen { get; private set; } = [];

    /// <summary>What was saved when the person began to change it, or last asked for what is saved.</summary>
    public IReadOnlyList<AffectedComponent> Seen { get; private set; } = [];

    /// <summary>What is saved at present.</summary>
    public IReadOnlyList<AffectedComponent> Saved { get; private set; } = [];

    /// <summary>Whether a person changed it. The order in which components were ticked says nothing.</summary>
    public bool IsChanged => !Same(Chosen, Seen);

    /// <summary>Somebody else saved another choice for a component than the one that stays.</summary>
    public bool Overlooked => _overlooked && IsChanged;

    /// <summary>The choice for a component; null while it is not ticked.</summary>
    public AffectedComponent? Find(int componentId) => Of(Chosen, componentId);

    /// <summary>Ticks a component or takes the tick away.</summary>
    public void Tick(int componentId, bool on, IncidentSeverity severity)
    {
        var others = Chosen.Where(affected => affected.ComponentId != componentId);
        if (on)
            _following.Add(componentId);
        else
            _following.Remove(componentId);
        Chosen = on ? [.. others, new AffectedComponent(componentId, AffectedComponent.Suggested(severity), IsChosen: false)] : [.. others];
    }

    /// <summary>Chooses the status of a ticked component; from now on the severity leaves it alone.</summary>
    public void Choose(int componentId, ComponentStatus? status)
    {
        _following.Remove(componentId);
        Replace(affected => affected.ComponentId == componentId ? affected with { Status = status, IsChosen = true } : affected);
    }

    /// <summary>The severity is another now.</summary>
    public void Follow(IncidentSeverity severity) =>
        Replace(affected => _following.Contains(affected.ComponentId) ? affected with { Status = AffectedComponent.Suggested(severity) } : affected);

    /// <summary>Lets go of components that are not offered any more: they could not be unticked.</summary>
    public void Keep(Func<int, bool> isOffered) => Chosen = [.. Chosen.Where(affected => isOffered(affected.ComponentId))];

    /// <summary>Begins anew with what is saved.</summary>
    public void Load(IReadOnlyList<AffectedComponent> saved)
    {
        _following.Clear();
        (Chosen, Seen, Saved, _overlooked) = (saved, saved, saved, false);
    }

    /// <summary>Takes what is saved by now because the person asked to see it, and keeps what was chosen.</summary>
    public void LoadAgain(IReadOnlyList<AffectedComponent> saved)
    {
        Follow(saved);
        Seen = saved;
    }

    /// <summary>Takes what is saved by now, unasked: what was chosen keeps what the person had seen beside it.</summary>
    public void Follow(IReadOnlyList<AffectedComponent> saved)
    {
        if (!IsChanged)
        {
            Load(saved);
            return;
        }
        var (chosen, seen, differs) = (new List<AffectedComponent?>(), new List<AffectedComponent?>(), false);
        foreach (var id in Chosen.Concat(Seen).Concat(saved).Select(affected => affected.ComponentId).Distinct())
        {
            var (mine, was, now) = (Of(Chosen, id), Of(Seen, id), Of(saved, id));
            var touched = mine != was;
            differs |= touched && now != was && now != mine;
            chosen.Add(touched ? mine : now);
            seen.Add(touched ? was : now);
        }
        _overlooked = differs || (_overlooked && Same(saved, Saved));
        (Chosen, Seen, Saved) = ([.. chosen.OfType<AffectedComponent>()], [.. seen.OfType<AffectedComponent>()], saved);
    }

    private void Replace(Func<AffectedComponent, AffectedComponent> change) => Chosen = [.. Chosen.Select(change)];

    private static AffectedComponent? Of(IEnumerable<AffectedComponent> components, int id) =>
        components.FirstOrDefault(affected => affected.ComponentId == id);

    private static bool Same(IEnumerable<AffectedComponent> some, IEnumerable<AffectedComponent> others) => some.ToHashSet().SetEquals(others);
}
