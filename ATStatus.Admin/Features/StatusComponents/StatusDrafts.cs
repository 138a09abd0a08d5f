using ATStatus.Core.Events;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>
/// The statuses that were chosen on a page and not published yet, by component. The page keeps them, so that they survive whatever
/// moves a row or reads it again.
/// </summary>
public sealed class StatusDrafts
{
    private readonly Dictionary<int, ComponentStatus> _chosen = [];

    /// <summary>There is something to publish, or there is nothing any more.</summary>
    public event Action? Changed;

    /// <summary>The components of which one is chosen.</summary>
    public IReadOnlyCollection<int> Components => [.. _chosen.Keys];

    /// <summary>What is chosen for a component; null for nothing.</summary>
    public ComponentStatus? Find(int component) => _chosen.TryGetValue(component, out var status) ? status : null;

    /// <summary>Keeps a choice.</summary>
    public void Choose(int component, ComponentStatus status)
    {
        _chosen[component] = status;
        Changed?.Invoke();
    }

    /// <summary>Forgets it.</summary>
    public void Discard(int component)
    {
        if (_chosen.Remove(component))
            Changed?.Invoke();
    }
}
