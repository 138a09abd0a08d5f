using System.Collections.Concurrent;
using System.Data.Common;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access;

/// <summary>Finds the key that a request shows, and notes its use. What was read of a key is believed for a moment only.</summary>
public sealed class ApiKeyUse(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time)
{
    /// <summary>How long a key is not read again: a script that asks a hundred times a second is one question in this time.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<string, Known> _known = new(StringComparer.Ordinal);

    // What was read before a key was revoked is not remembered after it.
    private int _forgotten;

    private sealed record Known(ApiKey Key, long ReadAt);

    /// <summary>The key with this text; null where there is none that works now. Never throws because of what the text is.</summary>
    public async Task<ApiKey?> FindAsync(string text, CancellationToken cancellationToken = default)
    {
        if (!ApiKey.IsWellFormed(text))
            return null;
        var hash = ApiKey.HashOf(text);
        var name = Convert.ToHexString(hash);
        var (asked, forgotten) = (time.GetTimestamp(), Volatile.Read(ref _forgotten));
        if (!_known.TryGetValue(name, out var known) || time.GetElapsedTime(known.ReadAt) >= Remembered)
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            // Only what exists is remembered, so that strangers cannot fill the memory.
            if (await db.ApiKeys.AsNoTracking().SingleOrDefaultAsync(k => k.Hash == hash, cancellationToken) is not { } found)
                return null;
            known = new Known(found, asked);
            if (forgotten == Volatile.Read(ref _forgotten))
                _known[name] = known;
        }
        return known.Key.IsValidAt(time.GetUtcNow().UtcDateTime) ? known.Key : null;
    }

    /// <summary>
    /// Notes that a key was used, once in <see cref="ApiKey.UseAccuracy"/>; from another address once in
    /// <see cref="ApiKey.AddressAccuracy"/>. A database that cannot be written stops nobody.
    /// </summary>
    public async Task NoteAsync(ApiKey key, string? from, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var address = from is { Length: > ApiKey.AddressLength } ? from[..ApiKey.AddressLength] : from;
        if (now - key.LastUsedAt < (key.LastUsedFrom == address ? ApiKey.UseAccuracy : ApiKey.AddressAccuracy))
            return;
        // Of the requests that come now, one writes.
        (key.LastUsedAt, key.LastUsedFrom) = (now, address);
        try
        {
            await using var db = await contexts.CreateDbContextAsync(cancellationToken);
            await db.ApiKeys.Where(k => k.Id == key.Id).ExecuteUpdateAsync(
                row => row.SetProperty(k => k.LastUsedAt, now).SetProperty(k => k.LastUsedFrom, address), cancellationToken);
        }
        catch (Exception e) when (e is DbException or DbUpdateException or ProblemException)
        {
            // Whoever watches the database says so; the answer does not depend on it.
        }
    }

    /// <summary>What is known of a key is read again.</summary>
    internal void Forget(int id)
    {
        Interlocked.Increment(ref _forgotten);
        foreach (var (name, known) in _known)
        {
            if (known.Key.Id == id)
                _known.TryRemove(name, out _);
        }
    }
}
