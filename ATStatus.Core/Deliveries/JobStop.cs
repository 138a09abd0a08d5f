namespace ATStatus.Core.Deliveries;

/// <summary>
/// Tells sends under way that the host no longer waits for them. Hangfire's own token will not do: it also fires when a person deletes a
/// running job in the dashboard, and an attempt that has begun is to be finished and recorded.
/// </summary>
public sealed class JobStop : IDisposable
{
    private readonly CancellationTokenSource _source = new();

    /// <summary>Fires when sends are to break off.</summary>
    public CancellationToken Token => _source.Token;

    public void After(TimeSpan time) => _source.CancelAfter(time);

    public void Dispose() => _source.Dispose();
}
