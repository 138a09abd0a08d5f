using System.Collections.Concurrent;
using ATStatus.Admin.Hosting.Configuration;

namespace ATStatus.Admin.Api.Http;

/// <summary>Counts the requests of each key, minute by minute: a key's minute begins with its first request.</summary>
internal sealed class ApiRateLimits(ApiSettings settings, TimeProvider time)
{
    private static readonly TimeSpan Length = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<int, Window> _windows = new();

    private sealed class Window
    {
        public long Began;
        public int Count;
    }

    /// <summary>Counts a request of a key; null where nothing is counted.</summary>
    public RateLimit? Take(int keyId)
    {
        if (settings.RequestsPerMinute is not { } limit)
            return null;
        var now = time.GetTimestamp();
        var window = _windows.GetOrAdd(keyId, _ => new Window { Began = now });
        lock (window)
        {
            if (time.GetElapsedTime(window.Began, now) >= Length)
                (window.Began, window.Count) = (now, 0);
            var reset = Length - time.GetElapsedTime(window.Began, now);
            var isAllowed = window.Count < limit;
            if (isAllowed)
                window.Count++;
            return new RateLimit(isAllowed, limit, limit - window.Count, Math.Max(1, (int)Math.Ceiling(reset.TotalSeconds)));
        }
    }
}

/// <summary>Where a key stands in its minute.</summary>
/// <param name="Limit">How many requests it may make.</param>
/// <param name="Remaining">How many it may make still.</param>
/// <param name="Reset">When its next minute begins (seconds from now).</param>
internal sealed record RateLimit(bool IsAllowed, int Limit, int Remaining, int Reset);
