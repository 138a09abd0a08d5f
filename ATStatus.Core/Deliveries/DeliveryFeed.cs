namespace ATStatus.Core.Deliveries;

/// <summary>
/// Says in this process that some delivery changed. It carries no data: whoever hears it coalesces and asks the log
/// again. Other instances are not heard; live pages also ask by the clock.
/// </summary>
public sealed class DeliveryFeed
{
    private event Action? Changed;

    /// <summary>Calls <paramref name="onChange"/>, on whatever thread, after each committed change, until disposed. It must return at once.</summary>
    public IDisposable Subscribe(Action onChange)
    {
        Changed += onChange;
        return new Subscription(() => Changed -= onChange);
    }

    /// <summary>Tells the subscribers.</summary>
    public void Signal() => Changed?.Invoke();

    private sealed class Subscription(Action dispose) : IDisposable
    {
        public void Dispose() => dispose();
    }
}
