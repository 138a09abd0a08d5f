using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access;

/// <summary>The rows of sessions: begins, finds and ends them.</summary>
public sealed class SessionStore(IDbContextFactory<AtStatusDbContext> contexts, SessionLimits options, TimeProvider time)
{
    /// <summary>How many sessions an account has at most: a script that signs in again and again fills no table.</summary>
    public const int MostPerAccount = 100;

    private readonly Feed _changes = new SessionFeed();

    private DateTime Now => time.GetUtcNow().UtcDateTime;

    /// <summary>Signals that sessions may have begun or ended, or may do something else now. Who remembers what they were asks again.</summary>
    public Feed Changes => _changes;

    /// <summary>Begins a session. Those of the account that are over go, and so do the oldest beyond <see cref="MostPerAccount"/>.</summary>
    /// <param name="user">The account as it was read for the proof of who signs in.</param>
    /// <param name="address">The network address; what is too long is cut.</param>
    /// <param name="device">Browser and system; what is too long is cut.</param>
    /// <param name="isStrong">See <see cref="Session.IsStrong"/>.</param>
    /// <returns>Null where the account has another security stamp since it was read, or is off: what was proved counts no longer.</returns>
    public async Task<Session?> BeginAsync(User user, string address, string device, bool isStrong = false, CancellationToken cancellationToken = default)
    {
        var now = Now;
        var oldest = now - options.Idle;
        var session = new Session
        {
            Id = Guid.NewGuid(),
            UserId = user.Id,
            BegunAt = now,
            LastSeenAt = now,
            EndsAt = now + options.Lifetime,
            IsStrong = isStrong,
            Address = Cut(address, Session.AddressLength),
            Device = Cut(device, Session.DeviceLength),
        };
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            // Changes nothing, and holds the row: what ends the account's sessions comes before, and is seen here, or after, and ends this one too.
            var (id, stamp) = (user.Id, user.SecurityStamp);
            if (await db.Users.Where(u => u.Id == id && u.SecurityStamp == stamp && u.IsOn).ExecuteUpdateAsync(
                row => row.SetProperty(u => u.IsOn, u => u.IsOn), cancellationToken) == 0)
                return null;
            await db.Sessions.Where(s => s.UserId == id && (s.EndsAt <= now || s.LastSeenAt <= oldest)).ExecuteDeleteAsync(cancellationToken);
            await db.Sessions.Where(s => s.UserId == id).OrderByDescending(s => s.LastSeenAt).ThenBy(s => s.Id).Skip(MostPerAccount - 1)
                .ExecuteDeleteAsync(cancellationToken);
            db.Sessions.Add(session);
            await db.SaveChangesAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        Changes.Signal();
        return session;
    }

    /// <summary>The sessions among these that have not ended, of accounts that are on.</summary>
    public async Task<Dictionary<Guid, SessionState>> FindAsync(IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken = default)
    {
        var found = new Dictionary<Guid, SessionState>();
        if (ids.Count == 0)
            return found;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        // Each is a parameter, of which SQL Server takes 2,100.
        foreach (var some in ids.Chunk(500))
        {
            await foreach (var state in Live(db, db.Sessions.Where(s => some.Contains(s.Id))).AsAsyncEnumerable().WithCancellation(cancellationToken))
                found[state.Id] = state;
        }
        return found;
    }

    /// <summary>An account's sessions, the one that was used last first.</summary>
    public async Task<IReadOnlyList<Session>> ListAsync(Guid userId, CancellationToken cancellationToken = default)
    {
        var (now, oldest) = (Now, Now - options.Idle);
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Sessions.AsNoTracking().Where(s => s.UserId == userId && s.EndsAt > now && s.LastSeenAt > oldest)
            .OrderByDescending(s => s.LastSeenAt).ThenBy(s => s.Id).ToListAsync(cancellationToken);
    }

    /// <summary>Writes down when sessions were used last.</summary>
    public async Task SeenAsync(IReadOnlyDictionary<Guid, DateTime> sessions, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        foreach (var (id, at) in sessions)
            await db.Sessions.Where(s => s.Id == id && s.LastSeenAt < at).ExecuteUpdateAsync(row => row.SetProperty(s => s.LastSeenAt, at), cancellationToken);
    }

    /// <summary>Ends one session of an account; nothing where it has ended.</summary>
    public Task EndAsync(Guid userId, Guid id, CancellationToken cancellationToken = default) =>
        EndAsync(userId, sessions => sessions.Where(s => s.UserId == userId && s.Id == id), cancellationToken);

    /// <summary>Ends all sessions of an account, but the one given.</summary>
    public Task EndAllAsync(Guid userId, Guid? but = null, CancellationToken cancellationToken = default) =>
        EndAsync(userId, sessions => sessions.Where(s => s.UserId == userId && s.Id != but), cancellationToken);

    private async Task EndAsync(Guid userId, Func<IQueryable<Session>, IQueryable<Session>> which, CancellationToken cancellationToken)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            // Those that were over by themselves are not told of.
            var (now, oldest) = (Now, Now - options.Idle);
            var live = await which(db.Sessions).CountAsync(s => s.EndsAt > now && s.LastSeenAt > oldest, cancellationToken);
            await which(db.Sessions).ExecuteDeleteAsync(cancellationToken);
            if (live > 0)
                db.Audit.Record(new AuditChange(AuditAction.SignedOut, AuditObject.User, userId.ToString(), null) { Count = live });
            await transaction.CommitAsync(cancellationToken);
        }
        Changes.Signal();
    }

    private IQueryable<SessionState> Live(AtStatusDbContext db, IQueryable<Session> sessions)
    {
        var (now, oldest) = (Now, Now - options.Idle);
        return from session in sessions
               where session.EndsAt > now && session.LastSeenAt > oldest
               join user in db.Users on session.UserId equals user.Id
               where user.IsOn
               select new SessionState(
                   session.Id, user.Id, user.Email ?? "",
                   db.UserRoles.Where(r => r.UserId == user.Id).Join(db.Roles, r => r.RoleId, r => r.Id, (_, role) => role.Name).Min(),
                   user.MaySeePayloads, user.MayRedeliver, session.BegunAt, session.LastSeenAt, session.EndsAt)
               {
                   IsStrong = session.IsStrong,
                   MustAddSecondFactor = !session.IsStrong && db.AccessRules.Any(r => r.RequiresSecondFactor),
               };
    }

    private static string Cut(string text, int length) => text.Length <= length ? text : text[..length];

    private sealed class SessionFeed : Feed;
}
