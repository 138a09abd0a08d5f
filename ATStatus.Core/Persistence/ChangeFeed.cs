namespace ATStatus.Core.Persistence;

/// <summary>Says in this process that something was committed. It carries no data: whoever hears it coalesces and asks again.</summary>
public abstract class Feed
{
    private int _subscribers;

    private event Action? Changed;

    /// <summary>Whether anybody would hear a signal.</summary>
    public bool HasSubscribers => Volatile.Read(ref _subscribers) > 0;

    /// <summary>Calls <paramref name="onChange"/>, on whatever thread, after each committed change, until disposed. It must return at once.</summary>
    public IDisposable Subscribe(Action onChange)
    {
        Changed += onChange;
        Interlocked.Increment(ref _subscribers);
        return new Subscription(() =>
        {
            Changed -= onChange;
            Interlocked.Decrement(ref _subscribers);
        });
    }

    /// <summary>Tells the subscribers. Call it after the commit.</summary>
    public void Signal() => Changed?.Invoke();

    private sealed class Subscription(Action dispose) : IDisposable
    {
        private Action? _dispose = dispose;

        public void Dispose() => Interlocked.Exchange(ref _dispose, null)?.Invoke();
    }
}

/// <summary>
/// Says that something which operators edit was changed: pages, components, incidents, maintenance, templates, notifications.
/// What other instances change is signalled too, by <see cref="ChangeWatch"/>.
/// </summary>
public sealed class ChangeFeed : Feed;
