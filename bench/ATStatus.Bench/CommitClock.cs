using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace ATStatus.Bench;

/// <summary>
/// Tells when a save of this process was committed, from what EF Core tells any listener of its transactions. Where the tests'
/// receiver notes the moment a request was there, this is the other end of the way.
/// </summary>
internal sealed class CommitClock : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>, IDisposable
{
    private const string Source = "Microsoft.EntityFrameworkCore";
    private const string Committed = "Microsoft.EntityFrameworkCore.Database.Transaction.TransactionCommitted";

    private readonly AsyncLocal<StrongBox<DateTimeOffset>?> _current = new();
    private readonly List<IDisposable> _subscriptions = [];

    public CommitClock() => _subscriptions.Add(DiagnosticListener.AllListeners.Subscribe(this));

    /// <summary>Saves, and returns the moment of its last commit: when it is durable, before anybody gets an answer.</summary>
    public async Task<DateTimeOffset> SaveAsync(Func<Task> save)
    {
        var box = new StrongBox<DateTimeOffset>();
        _current.Value = box;
        await save();
        _current.Value = null;
        return box.Value;
    }

    public void Dispose() => _subscriptions.ForEach(s => s.Dispose());

    void IObserver<DiagnosticListener>.OnNext(DiagnosticListener value)
    {
        if (value.Name == Source)
            _subscriptions.Add(value.Subscribe(this, name => name == Committed));
    }

    void IObserver<KeyValuePair<string, object?>>.OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Key == Committed && _current.Value is { } box)
            box.Value = DateTimeOffset.UtcNow;
    }

    void IObserver<DiagnosticListener>.OnCompleted()
    {
    }

    void IObserver<DiagnosticListener>.OnError(Exception error)
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnCompleted()
    {
    }

    void IObserver<KeyValuePair<string, object?>>.OnError(Exception error)
    {
    }
}
