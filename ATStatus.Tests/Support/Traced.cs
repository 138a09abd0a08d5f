using System.Collections.Concurrent;
using System.Diagnostics;
using ATStatus.Core.Deliveries.Telemetry;

namespace ATStatus.Tests.Support;

/// <summary>
/// Listens to the console's traces. Other tests of this process are heard as well: ask for those below an activity of the test's own.
/// </summary>
internal sealed class Traced : IDisposable
{
    private const string TestSource = "ATStatus.Tests";
    private static readonly ActivitySource Source = new(TestSource);

    private readonly ConcurrentQueue<Activity> _stopped = new();
    private readonly ActivityListener _listener;

    public Traced()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name is DeliveryTracing.Name or TestSource,
            Sample = (ref _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _stopped.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    /// <summary>An activity of the test's own, current until it is disposed.</summary>
    public static Activity Begin() => Source.StartActivity("test")!;

    /// <summary>What has ended of a trace, in the order of the beginnings; the test's own left out.</summary>
    public IReadOnlyList<Activity> Of(ActivityTraceId trace) =>
        [.. _stopped.Where(a => a.TraceId == trace && a.Source.Name == DeliveryTracing.Name).OrderBy(a => a.StartTimeUtc)];

    /// <summary>Everything that has ended with this tag.</summary>
    public IReadOnlyList<Activity> With(string tag, object value) =>
        [.. _stopped.Where(a => Equals(a.GetTagItem(tag), value)).OrderBy(a => a.StartTimeUtc)];

    /// <summary>Waits until so much of a trace has ended.</summary>
    public async Task<IReadOnlyList<Activity>> WaitForAsync(ActivityTraceId trace, int count)
    {
        await Eventually.TrueAsync(() => Of(trace).Count >= count);
        return Of(trace);
    }

    public void Dispose() => _listener.Dispose();
}
