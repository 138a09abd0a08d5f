using System.Diagnostics.CodeAnalysis;
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
                await AskAsync();
                await Task.Delay(Gap, _time, _stop.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // The page was left, perhaps while it was asking.
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "One answer that fails must not end the watch; the page handles and logs its own errors.")]
    private async Task AskAsync()
    {
        try
        {
            await _ask();
        }
        catch (Exception) when (!_stop.IsCancellationRequested)
        {
            // Asked again at the next signal, or by the clock.
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
