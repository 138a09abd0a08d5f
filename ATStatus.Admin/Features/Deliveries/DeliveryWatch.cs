using System.Threading.Channels;
using ATStatus.Core.Deliveries;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>
/// Keeps a page fresh: asks again when this process changed a delivery, and by the clock, because other instances are not
/// heard. Calls never overlap, and a burst of changes becomes one call every <see cref="Gap"/>.
/// </summary>
internal sealed class DeliveryWatch : IDisposable
{
    /// <summary>How often lists ask by the clock.</summary>
    public static readonly TimeSpan Usual = TimeSpan.FromSeconds(5);

    /// <summary>The shortest time between two calls.</summary>
    private static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(250);

    private readonly Channel<bool> _signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stop = new();
    private readonly IDisposable _subscription;
    private readonly ITimer _timer;
    private readonly TimeProvider _time;
    private readonly Func<Task> _ask;

    /// <param name="feed">What this process changes.</param>
    /// <param name="time">The clock.</param>
    /// <param name="every">How often to ask at least.</param>
    /// <param name="ask">Goes to the component's own thread, asks again and shows it; handles its own errors.</param>
    public DeliveryWatch(DeliveryFeed feed, TimeProvider time, TimeSpan every, Func<Task> ask)
    {
        (_time, _ask) = (time, ask);
        _subscription = feed.Subscribe(() => _signals.Writer.TryWrite(true));
        _timer = time.CreateTimer(_ => _signals.Writer.TryWrite(true), null, every, every);
        // On the pool: the feed and this loop must not hold up the circuit.
        _ = Task.Run(RunAsync);
    }

    private async Task RunAsync()
    {
        try
        {
            await foreach (var _ in _signals.Reader.ReadAllAsync(_stop.Token))
            {
                await _ask();
                await Task.Delay(Gap, _time, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left, perhaps while it was asking.
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _subscription.Dispose();
        _timer.Dispose();
        _stop.Cancel();
    }
}
