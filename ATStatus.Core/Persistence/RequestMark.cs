using System.Globalization;
using ATStatus.Core.Model;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Persistence;

/// <summary>
/// The request that a change is carried out for, where that must not be carried out twice. The first save of the change says in its own transaction
/// that it was. It holds for what is awaited from where it began, until it is disposed.
/// </summary>
public sealed class RequestMark : IDisposable
{
    private static readonly AsyncLocal<RequestMark?> Ambient = new();
    private readonly long _id;
    private readonly Guid _token;
    private readonly DateTime _now;
    private long? _result;
    private volatile bool _isOver;

    internal RequestMark(IdempotentRequest request, DateTime now)
    {
        (_id, _token, _now, _result) = (request.Id, request.Token, now, request.Result);
        IsCommitted = request.CommittedAt is not null;
        EventIds = request.Status is null && request.Headers is { Length: > 0 } ids
            ? [.. ids.Split(',').Select(id => long.Parse(id, CultureInfo.InvariantCulture))] : [];
        Ambient.Value = this;
    }

    /// <summary>The one that holds here; null where there is none.</summary>
    internal static RequestMark? Current => Ambient.Value is { _isOver: false } mark ? mark : null;

    /// <summary>Whether an earlier try has carried out the change that is asked for here: nothing is demanded of it any more.</summary>
    public static bool IsRepeat => Current is { IsCommitted: true };

    /// <summary>An earlier try has carried the change out, and its answer was lost.</summary>
    internal bool IsCommitted { get; }

    /// <summary>The numbers of the events that the earlier try has raised.</summary>
    internal IReadOnlyList<long> EventIds { get; }

    /// <summary>What the change has returned.</summary>
    internal T ResultAs<T>() => (T)Convert.ChangeType(_result ?? 0, typeof(T), CultureInfo.InvariantCulture);

    /// <summary>Notes what the change returns, before it is committed.</summary>
    internal void Returns<T>(T result) => _result = result is int or long or bool ? Convert.ToInt64(result, CultureInfo.InvariantCulture) : null;

    /// <summary>Lets the context's next save say that the change was carried out. Whoever was taken over from fails there.</summary>
    internal void Apply(DbContext db)
    {
        if (IsCommitted)
            return;
        var entry = db.ChangeTracker.Entries<IdempotentRequest>().FirstOrDefault(e => e.Entity.Id == _id)
            ?? db.Attach(new IdempotentRequest { Id = _id, Token = _token, Hash = [], BodyHash = [] });
        entry.Property(r => r.CommittedAt).CurrentValue = _now;
        entry.Property(r => r.Result).CurrentValue = _result;
    }

    /// <summary>Says in the transaction of the change which events it raised, for the answer of a repeat.</summary>
    internal Task KeepAsync(AtStatusDbContext db, IReadOnlyList<long> eventIds, CancellationToken cancellationToken)
    {
        if (IsCommitted || eventIds.Count == 0)
            return Task.CompletedTask;
        var ids = string.Join(',', eventIds.Select(id => id.ToString(CultureInfo.InvariantCulture)));
        return db.IdempotentRequests.Where(r => r.Id == _id && r.Token == _token)
            .ExecuteUpdateAsync(row => row.SetProperty(r => r.Headers, ids), cancellationToken);
    }

    /// <summary>The change is committed.</summary>
    internal void Settle() => _isOver = true;

    /// <summary>Ends it, also for what was begun meanwhile and goes on in the background.</summary>
    public void Dispose()
    {
        _isOver = true;
        Ambient.Value = null;
    }
}
