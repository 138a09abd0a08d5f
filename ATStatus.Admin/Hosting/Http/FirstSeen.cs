namespace ATStatus.Admin.Hosting.Http;

/// <summary>Lets each value through once and only so many values an hour: what strangers send must not fill the log, nor keep it from what comes later.</summary>
/// <param name="most">How many values an hour.</param>
/// <param name="time">The clock of the hours.</param>
internal sealed class FirstSeen(int most, TimeProvider time)
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private readonly Lock _lock = new();
    private readonly HashSet<string> _seen = new(StringComparer.OrdinalIgnoreCase);
    private long _since = time.GetTimestamp();
    private int _count;

    /// <summary>Whether this is the first time, and there were not too many others in this hour.</summary>
    public bool IsFirst(string value)
    {
        lock (_lock)
        {
            if (_seen.Contains(value))
                return false;
            if (time.GetElapsedTime(_since) >= Hour)
                (_since, _count) = (time.GetTimestamp(), 0);
            if (_count >= most)
                return false;
            _count++;
            return _seen.Add(value);
        }
    }
}
