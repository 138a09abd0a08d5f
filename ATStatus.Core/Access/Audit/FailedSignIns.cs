using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access.Audit;

/// <summary>Counts attempts to sign in that failed, by address and minute, for the audit trail.</summary>
public sealed class FailedSignIns(IDbContextFactory<AtStatusDbContext> contexts, AuditFeed feed, TimeProvider time)
{
    /// <summary>Counts one.</summary>
    /// <param name="address">The network address it came from.</param>
    /// <param name="account">The account's email; null where there is no such account. Never what was typed: that may be a password.</param>
    public async Task CountAsync(string address, string? account, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var minute = now.AddTicks(-(now.Ticks % TimeSpan.TicksPerMinute));
        var name = account ?? "";
        if (!await AddAsync(minute, address, name, cancellationToken))
            await InsertAsync(minute, address, name, now, cancellationToken);
        feed.Signal();
    }

    private async Task InsertAsync(DateTime minute, string address, string name, DateTime now, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        db.FailedSignIns.Add(new FailedSignIn { Minute = minute, Address = address, Account = name, FirstAt = now, Count = 1 });
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateException) when (!cancellationToken.IsCancellationRequested)
        {
            // Another attempt of the same moment was the first.
            if (!await AddAsync(minute, address, name, cancellationToken))
                throw;
        }
    }

    private async Task<bool> AddAsync(DateTime minute, string address, string account, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.FailedSignIns.Where(f => f.Minute == minute && f.Address == address && f.Account == account)
            .ExecuteUpdateAsync(row => row.SetProperty(f => f.Count, f => f.Count + 1), cancellationToken) > 0;
    }

    /// <summary>The entry of an address's minute.</summary>
    internal static AuditEntry EntryOf(IReadOnlyList<FailedSignIn> rows)
    {
        string[] accounts = [.. rows.Select(f => f.Account).Where(a => a.Length > 0).Order(StringComparer.Ordinal)];
        return new AuditEntry
        {
            At = rows.Min(f => f.FirstAt),
            ActorKind = AuditActorKind.Visitor,
            Address = rows[0].Address,
            Action = AuditAction.SignInFailed,
            ObjectKind = AuditObject.User,
            ObjectName = accounts.Length == 1 ? accounts[0] : "",
            After = accounts.Length == 0 ? null : AuditValues.Write(new Dictionary<string, object?> { ["accounts"] = accounts }, _ => null),
            Count = rows.Sum(f => f.Count),
        };
    }
}
