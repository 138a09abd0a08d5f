using System.Collections.Concurrent;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Deliveries;

/// <summary>
/// Where the public reads each page, for messages that link to it. What was read is kept for some seconds, so that a flood of messages costs one
/// query; an edit in this process counts at once, one in another within those seconds.
/// </summary>
public sealed class PublicPageUrls(IDbContextFactory<AtStatusDbContext> contexts, TimeProvider time)
{
    public static readonly TimeSpan Kept = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<int, (string? Url, DateTimeOffset ReadAt)> _read = new();

    /// <summary>The page's public URL; null where nobody said, or the page is gone.</summary>
    public async ValueTask<string?> FindAsync(int statusPageId, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow();
        if (_read.TryGetValue(statusPageId, out var known) && now - known.ReadAt < Kept)
            return known.Url;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var url = await db.StatusPages.AsNoTracking().Where(p => p.Id == statusPageId).Select(p => p.PublicUrl).SingleOrDefaultAsync(cancellationToken);
        _read[statusPageId] = (url, now);
        return url;
    }

    /// <summary>A page was changed.</summary>
    internal void Forget(int statusPageId) => _read.TryRemove(statusPageId, out _);
}
