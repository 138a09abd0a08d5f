using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;

namespace ATStatus.Core.Outbox;

/// <summary>
/// What somebody who asks for a change wants to know of the units of work that it takes: the events that they recorded, or, for a preview, what
/// they would record; and which version of an object they may change. It holds for what is awaited from where it began, until it is
/// disposed.
/// </summary>
public sealed class ChangeScope : IDisposable
{
    private static readonly AsyncLocal<ChangeScope?> Ambient = new();
    private readonly List<long> _eventIds = [];
    private Func<AtStatusDbContext, CancellationToken, Task<bool>>? _isExpected;
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

    /// <summary>
    /// Lets the change apply to this version of an object and to no other. Every unit of work asks in its own transaction, so that no
    /// service has to, and nobody writes the object unseen between the caller's reading and the change.
    /// </summary>
    public static void Expect<T>(int id, int version)
        where T : class, IVersioned
    {
        // The row stays in the context as it was read here: where somebody writes it after this, it is the save that fails.
        if (Current is { } scope)
        {
            scope._isExpected = async (db, cancellationToken) =>
                await db.Set<T>().FindAsync([id], cancellationToken) is not { } row || row.Version == version;
        }
    }

    /// <summary>Throws where the object has another version than the expected one. One that is gone is for the change to miss.</summary>
    /// <exception cref="EditConflictException">Somebody else changed it.</exception>
    internal async Task DemandExpectedAsync(AtStatusDbContext db, string what, CancellationToken cancellationToken)
    {
        if (_isExpected is not null && !await _isExpected(db, cancellationToken))
            throw new EditConflictException(what);
    }

    /// <summary>A unit of work is committed. The expected version was that before it.</summary>
    internal void Committed(IEnumerable<long> eventIds)
    {
        _eventIds.AddRange(eventIds);
        _isExpected = null;
    }

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
