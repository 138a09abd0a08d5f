using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access;

/// <summary>Reads accounts and invitations.</summary>
[Needs(Right.Administer)]
public sealed class AccountQueries(IDbContextFactory<AtStatusDbContext> contexts, SessionLimits options, TimeProvider time)
{
    public async Task<IReadOnlyList<Account>> ListAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var oldest = now - options.Idle;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Users.AsNoTracking().OrderBy(u => u.NormalizedEmail).ThenBy(u => u.Id).Select(u => new Account(
                u.Id, u.Email ?? "", db.UserRoles.Where(r => r.UserId == u.Id).Join(db.Roles, r => r.RoleId, r => r.Id, (_, role) => role.Name).Min(),
                u.MaySeePayloads, u.MayRedeliver, u.IsOn, u.TwoFactorEnabled,
                db.Sessions.Count(s => s.UserId == u.Id && s.EndsAt > now && s.LastSeenAt > oldest),
                db.Sessions.Where(s => s.UserId == u.Id).Max(s => (DateTime?)s.LastSeenAt)))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Whether everybody needs a second factor.</summary>
    public async Task<bool> RequiresSecondFactorAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.AccessRules.AnyAsync(r => r.RequiresSecondFactor, cancellationToken);
    }

    /// <summary>The invitations that can still be used, the newest first.</summary>
    public async Task<IReadOnlyList<Invitation>> InvitationsAsync(CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Invitations.AsNoTracking().Where(i => i.EndsAt > now).OrderByDescending(i => i.Id).ToListAsync(cancellationToken);
    }
}
