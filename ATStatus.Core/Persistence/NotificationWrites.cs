namespace ATStatus.Core.Persistence;

/// <summary>
/// Counts the writes of notifications and of what belongs to them, their health included, so that what was read of them need not be read again with each
/// save and each group of the store. Counted while the writer has the turn (<see cref="WriteInterceptor"/>), so whoever has it next sees the
/// number of what it reads. It knows this process's writes alone, so it says nothing where other instances write too.
/// </summary>
public sealed class NotificationWrites(InstanceOptions instances)
{
    /// <summary>What the names of their tables begin with.</summary>
    private const string Tables = "Notification";

    private long _count;
    private bool _hasWritten;

    /// <summary>How many writes there were; null where the database has other writers.</summary>
    internal long? Value => instances.SingleInstance ? Interlocked.Read(ref _count) : null;

    /// <summary>A statement is about to run.</summary>
    internal void Running(string statement)
    {
        if (statement.Contains($"\"{Tables}", StringComparison.Ordinal))
            Count();
    }

    /// <summary>The turn is over: what was read of what it wrote may have been undone with it.</summary>
    internal void TurnEnded()
    {
        if (_hasWritten)
            Count();
        _hasWritten = false;
    }

    private void Count()
    {
        _hasWritten = true;
        Interlocked.Increment(ref _count);
    }
}
