using ATStatus.Core.Events;
using ATStatus.Core.Incidents;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>
/// The components of an incident while they are being chosen. One that is ticked gets the status that the severity suggests,
/// and follows the severity until a person chooses a status for it. What was saved before counts as chosen.
/// </summary>
public sealed class AffectedDraft
{
    private readonly EditedValue<IReadOnlyList<AffectedComponent>> _edited = new([], SameSet.Instance);
    private readonly HashSet<int> _following = [];

    /// <summary>What is chosen.</summary>
    public IReadOnlyList<AffectedComponent> Chosen => _edited.Value;

    /// <summary>What is saved at present.</summary>
    public IReadOnlyList<AffectedComponent> Saved => _edited.Saved;

    /// <summary>Whether a person changed it.</summary>
    public bool IsChanged => _edited.IsChanged;

    /// <summary>Somebody else saved another choice than the one that stays.</summary>
    public bool Overlooked => _edited.Overlooked;

    /// <summary>The choice for a component; null while it is not ticked.</summary>
    public AffectedComponent? Find(int componentId) => Chosen.FirstOrDefault(affected => affected.ComponentId == componentId);

    /// <summary>Ticks a component or takes the tick away.</summary>
    public void Tick(int componentId, bool on, IncidentSeverity severity)
    {
        var others = Chosen.Where(affected => affected.ComponentId != componentId);
        if (on)
            _following.Add(componentId);
        else
            _following.Remove(componentId);
        _edited.Value = on ? [.. others, new AffectedComponent(componentId, AffectedComponent.Suggested(severity))] : [.. others];
    }

    /// <summary>Chooses the status of a ticked component; from now on the severity leaves it alone.</summary>
    public void Choose(int componentId, ComponentStatus? status)
    {
        _following.Remove(componentId);
        Replace(affected => affected.ComponentId == componentId ? affected with { Status = status } : affected);
    }

    /// <summary>The severity is another now.</summary>
    public void Follow(IncidentSeverity severity) =>
        Replace(affected => _following.Contains(affected.ComponentId) ? affected with { Status = AffectedComponent.Suggested(severity) } : affected);

    /// <summary>Lets go of components that are not offered any more: they could not be unticked.</summary>
    public void Keep(Func<int, bool> isOffered) => _edited.Value = [.. Chosen.Where(affected => isOffered(affected.ComponentId))];

    /// <summary>Begins anew with what is saved.</summary>
    public void Load(IReadOnlyList<AffectedComponent> saved)
    {
        _following.Clear();
        _edited.Load(saved);
    }

    /// <summary>Takes what is saved by now, and keeps what was chosen.</summary>
    public void LoadAgain(IReadOnlyList<AffectedComponent> saved)
    {
        if (!IsChanged)
            _following.Clear();
        _edited.LoadAgain(saved);
    }

    private void Replace(Func<AffectedComponent, AffectedComponent> change) => _edited.Value = [.. Chosen.Select(change)];

    /// <summary>The order in which components were ticked says nothing.</summary>
    private sealed class SameSet : IEqualityComparer<IReadOnlyList<AffectedComponent>>
    {
        public static readonly SameSet Instance = new();

        public bool Equals(IReadOnlyList<AffectedComponent>? x, IReadOnlyList<AffectedComponent>? y) =>
            x is not null && y is not null && x.ToHashSet().SetEquals(y);

        public int GetHashCode(IReadOnlyList<AffectedComponent> obj) => obj.Count;
    }
}
