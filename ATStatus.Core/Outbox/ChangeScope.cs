namespace ATStatus.Core.Outbox;

/// <summary>
/// What somebody who asks for a change wants to know of the units of work that it takes: the events that they recorded, or, for a preview, what
/// they would record. It holds for what is awaited from where it began, until it is disposed.
/// </summary>
public sealed class ChangeScope : IDisposable
{
    private static readonly AsyncLocal<ChangeScope?> Ambient = new();
    private readonly List<long> _eventIds = [];
    private volatile bool _isOver;

    private ChangeScope(bool isPreview) => IsPreview = isPreview;

    /// <summary>The one that holds here; null where nobody asked.</summary>
    internal static ChangeScope? Current => Ambient.Value is { _isOver: false } scope ? scope : null;

    /// <summary>A unit of work does everything but commit: it is undone, and throws a <see cref="PreviewedException"/>.</summary>
    public bool IsPreview { get; }

    /// <summary>The numbers of the events that were committed, in their order.</summary>
    public IReadOnlyList<long> EventIds => _eventIds;

    /// <summary>Begins one. Call it in the method that awaits the change.</summary>
    public static ChangeScope Begin(bool isPreview = false) => Ambient.Value = new ChangeScope(isPreview);

    internal void Add(IEnumerable<long> eventIds) => _eventIds.AddRange(eventIds);

    /// <summary>Ends it, also for what was begun meanwhile and goes on in the background.</summary>
    public void Dispose()
    {
        _isOver = true;
        Ambient.Value = null;
    }
}

/// <summary>A change was a preview: nothing was written. It ends the change where the commit would have been, so that nothing that follows one happens.</summary>
public sealed class PreviewedException(IReadOnlyList<PlannedEvent> events) : Exception("This change was a preview.")
{
    /// <summary>What the change would have raised, in its order.</summary>
    public IReadOnlyList<PlannedEvent> Events { get; } = events;
}
