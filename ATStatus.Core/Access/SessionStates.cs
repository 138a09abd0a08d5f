using System.Collections.Concurrent;
using ATStatus.Core.Persistence;

namespace ATStatus.Core.Access;

/// <summary>
/// Which sessions have not ended, as this process knows it: what was read is believed for two seconds, or until something was changed here.
/// Each request and each event of a circuit asks.
/// </summary>
public sealed class SessionStates : IDisposable
{
    /// <summary>How long another instance's change can go unnoticed.</summary>
    public static readonly TimeSpan Holds = TimeSpan.FromSeconds(2);

    private static readonly TimeSpan Accuracy = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<Guid, Known> _known = new();
    private readonly ConcurrentDictionary<Guid, DateTime> _seen = new();
    private readonly SessionStore _store;
    private readonly SessionLimits _options;
    private readonly TimeProvider _time;
    private readonly IDisposable _changes;
    private long _epoch;

    public SessionStates(SessionStore store, SessionLimits options, TimeProvider time)
    {
        (_store, _options, _time) = (store, options, time);
        _changes = store.Changes.Subscribe(Forget);
    }

    /// <summary>The session; null when it has ended. Asking counts as using it.</summary>
    public async ValueTask<SessionState?> UseAsync(Guid id, CancellationToken cancellationToken = default)
    {
        var state = await FindAsync(id, cancellationToken);
        var now = _time.GetUtcNow().UtcDateTime;
        if (state is not null && now - state.LastSeenAt >= Accuracy)
            _seen[id] = now;
        return state;
    }

    /// <summary>The sessions among these that have not ended, in one question. Asking does not count as using them.</summary>
    public async Task<IReadOnlyDictionary<Guid, SessionState>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken = default)
    {
        var (epoch, at) = (Interlocked.Read(ref _epoch), _time.GetTimestamp());
        var found = await _store.FindAsync(ids, cancellationToken);
        foreach (var id in ids)
            Remember(id, new Known(found.GetValueOrDefault(id), at, epoch));
        return found;
    }

    /// <summary>Writes down the uses of the last minutes, and forgets what nobody asked for lately.</summary>
    public async Task FlushAsync(CancellationToken cancellationToken = default)
    {
        foreach (var (id, known) in _known.Where(k => _time.GetElapsedTime(k.Value.At) > Accuracy))
            _known.TryRemove(KeyValuePair.Create(id, known));
        if (_seen.IsEmpty)
            return;
        var seen = _seen.ToDictionary();
        await _store.SeenAsync(seen, cancellationToken);
        foreach (var entry in seen)
            _seen.TryRemove(entry);
    }

    public void Dispose() => _changes.Dispose();

    private async ValueTask<SessionState?> FindAsync(Guid id, CancellationToken cancellationToken)
    {
        if (_known.TryGetValue(id, out var known) && known.Epoch == Interlocked.Read(ref _epoch) && _time.GetElapsedTime(known.At) < Holds)
            return known.State is { } state && !IsOver(state) ? state : null;
        try
        {
            return (await FindAsync([id], cancellationToken)).GetValueOrDefault(id);
        }
        catch (Exception e) when (known is { State: { } last } && known.Epoch == Interlocked.Read(ref _epoch) && DatabaseFaults.Of(e) is not null && !IsOver(last))
        {
            // The database is away: who was there a moment ago still sees why nothing works. Nothing can be changed meanwhile.
            return last;
        }
    }

    private bool IsOver(SessionState state)
    {
        var now = _time.GetUtcNow().UtcDateTime;
        var seen = _seen.TryGetValue(state.Id, out var later) ? later : state.LastSeenAt;
        return now >= state.EndsAt || now - seen >= _options.Idle;
    }

    /// <summary>What was asked before something changed says nothing of what is so now.</summary>
    private void Remember(Guid id, Known known)
    {
        if (known.Epoch == Interlocked.Read(ref _epoch))
            _known[id] = known;
    }

    private void Forget() => Interlocked.Increment(ref _epoch);

    private sealed record Known(SessionState? State, long At, long Epoch);
}
