using Hangfire.States;
using Hangfire.Storage;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>
/// How many jobs that have ended are kept in memory for the dashboard: at most <see cref="Count"/> each of those that succeeded, were
/// deleted or failed. The one that falls out expires with the change of state that pushes it out. The delivery log is the record; this is
/// a view of it.
/// </summary>
internal sealed class KeptJobs : IApplyStateFilter
{
    /// <summary>How many of each are kept.</summary>
    public const int Count = 1000;

    /// <summary>How long jobs that succeeded or were deleted are kept. Failed ones have no end but their number.</summary>
    public static readonly TimeSpan Time = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Ended> _ended = new(StringComparer.Ordinal)
    {
        [SucceededState.StateName] = new(),
        [DeletedState.StateName] = new(),
        [FailedState.StateName] = new(),
    };

    /// <inheritdoc/>
    public void OnStateApplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        if (_ended.TryGetValue(context.NewState.Name, out var ended) && ended.Add(context.BackgroundJob.Id) is { } oldest)
            transaction.ExpireJob(oldest, TimeSpan.Zero);
    }

    /// <inheritdoc/>
    public void OnStateUnapplied(ApplyStateContext context, IWriteOnlyTransaction transaction)
    {
        // A job that somebody requeues lives again.
        if (context.OldStateName is { } old && _ended.TryGetValue(old, out var ended))
            ended.Remove(context.BackgroundJob.Id);
    }

    /// <summary>The jobs in one state, oldest first.</summary>
    private sealed class Ended
    {
        private readonly Lock _lock = new();
        private readonly LinkedList<string> _order = new();
        private readonly Dictionary<string, LinkedListNode<string>> _nodes = new(StringComparer.Ordinal);

        /// <summary>Adds a job; the one that falls out for it, if any.</summary>
        public string? Add(string job)
        {
            lock (_lock)
            {
                if (_nodes.Remove(job, out var again))
                    _order.Remove(again);
                _nodes[job] = _order.AddLast(job);
                if (_order.Count <= Count)
                    return null;
                var oldest = _order.First!.Value;
                _order.RemoveFirst();
                _nodes.Remove(oldest);
                return oldest;
            }
        }

        public void Remove(string job)
        {
            lock (_lock)
            {
                if (_nodes.Remove(job, out var node))
                    _order.Remove(node);
            }
        }
    }
}
