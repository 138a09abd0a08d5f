using System.Collections.Concurrent;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>Lets each value through once and only so many values at all: what strangers send must not fill the log.</summary>
/// <param name="most">How many values.</param>
internal sealed class FirstSeen(int most)
{
    private readonly ConcurrentDictionary<string, byte> _seen = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>Whether this is the first time, and there were not too many others.</summary>
    public bool IsFirst(string value) => _seen.Count < most && _seen.TryAdd(value, 0);
}
