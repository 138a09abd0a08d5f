using ATStatus.Core.Events;
using ATStatus.Core.Incidents;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>
/// The components of an incident while they are being chosen. One that is ticked gets the status that the severity suggests, never a better one
/// than its own. A suggested status follows the severity: of a new incident in both directions, of a saved one when the severity is raised.
/// A status that a person chose stays. Of what somebody else saves meanwhile, each component that was not touched here follows.
/// </summary>
public sealed class AffectedDraft
{
    private IReadOnlyDictionary<int, ComponentStatus> _own = new Dictionary<int, ComponentStatus>();
    private IncidentSeverity _severity;
    private IncidentSeverity _savedSeverity;
    private bool _overlooked;

    /// <summary>What is chosen.</summary>
    public IReadOnlyList<AffectedComponent> Chosen { get; private set; } = [];

    /// <summary>What was saved when the person began to change it, or last asked for what is saved.</summary>
    public IReadOnlyList<AffectedComponent> Seen { get; private set; } = [];

    /// <summary>What is saved at present.</summary>
    public IReadOnlyList<AffectedComponent> Saved { get; private set; } = [];

    /// <summary>
    /// Whether a person changed it. The order in which components were ticked says nothing, nor does a suggestion that follows the severity.
    /// </summary>
    public bool IsChanged => Chosen.Concat(Seen).Any(affected => IsTouched(affected.ComponentId));

    /// <summary>Somebody else saved another choice for a component than the one that stays.</summary>
    public bool Overlooked => _overlooked && IsChanged;

    /// <summary>The choice for a component; null while it is not ticked.</summary>
    public AffectedComponent? Find(int componentId) => Of(Chosen, componentId);

    /// <summary>Ticks a component or takes the tick away. One that was ticked when it was read is again what it was.</summary>
    public void Tick(int componentId, bool on)
    {
        var others = Chosen.Where(affected => affected.ComponentId != componentId);
        Chosen = on ? [.. others, Of(Seen, componentId) ?? new AffectedComponent(componentId, IsChosen: false)] : [.. others];
        Suggest();
    }

    /// <summary>Chooses the status of a ticked component; from now on the severity leaves it alone.</summary>
    public void Choose(int componentId, ComponentStatus? status) =>
        Replace(affected => affected.ComponentId == componentId ? affected with { Status = status, IsChosen = true } : affected);

    /// <summary>The severity is another now.</summary>
    public void Follow(IncidentSeverity severity)
    {
        _severity = severity;
        Suggest();
    }

    /// <summary>
    /// The components to choose from and the status that each has of its own. Lets go of what is not offered any more: it could not be unticked.
    /// </summary>
    public void Offer(IReadOnlyDictionary<int, ComponentStatus> own)
    {
        _own = own;
        Chosen = [.. Chosen.Where(affected => own.ContainsKey(affected.ComponentId))];
        Suggest();
    }

    /// <summary>Begins anew with what is saved.</summary>
    public void Load(IReadOnlyList<AffectedComponent> saved, IncidentSeverity severity)
    {
        (Chosen, Seen, Saved, _overlooked) = (saved, saved, saved, false);
        (_severity, _savedSeverity) = (severity, severity);
    }

    /// <summary>Takes what is saved by now because the person asked to see it, and keeps what was chosen.</summary>
    public void LoadAgain(IReadOnlyList<AffectedComponent> saved, IncidentSeverity savedSeverity)
    {
        Follow(saved, savedSeverity);
        Seen = saved;
    }

    /// <summary>Takes what is saved by now, unasked: what was chosen keeps what the person had seen beside it.</summary>
    public void Follow(IReadOnlyList<AffectedComponent> saved, IncidentSeverity savedSeverity)
    {
        var (chosen, seen, differs) = (new List<AffectedComponent?>(), new List<AffectedComponent?>(), false);
        foreach (var id in Chosen.Concat(Seen).Concat(saved).Select(affected => affected.ComponentId).Distinct())
        {
            var (mine, was, now) = (Of(Chosen, id), Of(Seen, id), Of(saved, id));
            var touched = IsTouched(id);
            differs |= touched && !SaysTheSame(now, was) && !SaysTheSame(now, mine) && mine is not { IsChosen: false };
            chosen.Add(touched ? mine : now);
            seen.Add(touched ? was : now);
        }
        _overlooked = differs || (_overlooked && saved.ToHashSet().SetEquals(Saved));
        (Chosen, Seen, Saved) = ([.. chosen.OfType<AffectedComponent>()], [.. seen.OfType<AffectedComponent>()], saved);
        _savedSeverity = savedSeverity;
        Suggest();
    }

    // As the service does it: a suggestion is worked out for a component that is named for the first time, and when the severity is raised.
    private void Suggest() => Replace(affected => affected.IsChosen ? affected
        : Of(Saved, affected.ComponentId) is { } saved && _severity <= _savedSeverity ? affected with { Status = saved.Status }
        : affected with { Status = AffectedComponent.Suggested(_severity, _own.GetValueOrDefault(affected.ComponentId)) });

    private bool IsTouched(int id)
    {
        var (mine, was) = (Of(Chosen, id), Of(Seen, id));
        return mine is null || was is null ? mine != was : mine.IsChosen && mine != was;
    }

    private void Replace(Func<AffectedComponent, AffectedComponent> change) => Chosen = [.. Chosen.Select(change)];

    private static AffectedComponent? Of(IEnumerable<AffectedComponent> components, int id) =>
        components.FirstOrDefault(affected => affected.ComponentId == id);

    private static bool SaysTheSame(AffectedComponent? one, AffectedComponent? other) =>
        one is null || other is null ? one is null && other is null : one.Status == other.Status;
}
