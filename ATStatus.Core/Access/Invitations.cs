using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access;

/// <summary>What somebody does who has the link of an invitation. It is good until its time is over, once.</summary>
public sealed class Invitations(IDbContextFactory<AtStatusDbContext> contexts, AccountTransactions transactions, TimeProvider time)
{
    /// <summary>The invitation of a token; null where there is none (any more).</summary>
    public async Task<Invitation?> FindAsync(string? token, CancellationToken cancellationToken = default)
    {
        if (string.IsNullOrEmpty(token) || token.Length > 100)
            return null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await FindAsync(db, token, cancellationToken);
    }

    /// <summary>Makes the account, role included, or nothing at all.</summary>
    public Task<InvitationResult> AcceptAsync(string token, string password, CancellationToken cancellationToken = default) => transactions.RunAsync(async change =>
    {
        await change.LockAsync();
        var db = change.Db;
        // Of two who use it at the same moment one deletes it.
        if (await FindAsync(db, token, cancellationToken) is not { } invitation
            || await db.Invitations.Where(i => i.Id == invitation.Id).ExecuteDeleteAsync(cancellationToken) == 0)
            return new InvitationResult(null, null);
        db.Audit.Record(new AuditChange(AuditAction.Accepted, AuditObject.Invitation, invitation.Id, invitation.Email));
        var user = new User
        {
            Id = Guid.NewGuid(),
            UserName = invitation.Email,
            Email = invitation.Email,
            EmailConfirmed = true,
            MaySeePayloads = invitation.MaySeePayloads,
            MayRedeliver = invitation.MayRedeliver,
        };
        // Not committed, the invitation stays for a better password.
        if (await change.Users.CreateAsync(user, password) is { Succeeded: false } refused)
            return new InvitationResult(null, string.Join(" ", refused.Errors.Select(e => e.Description)));
        await change.GiveRoleAsync(user, invitation.Role);
        await db.SaveChangesAsync(cancellationToken);
        await change.CommitAsync();
        return new InvitationResult(user.Id, null);
    }, cancellationToken);

    private Task<Invitation?> FindAsync(AtStatusDbContext db, string token, CancellationToken cancellationToken)
    {
        var (hash, now) = (LinkToken.HashOf(token), time.GetUtcNow().UtcDateTime);
        return db.Invitations.AsNoTracking().SingleOrDefaultAsync(i => i.TokenHash == hash && i.EndsAt > now, cancellationToken);
    }
}

/// <summary>What became of an invitation.</summary>
/// <param name="UserId">The account; null when none was made.</param>
/// <param name="PasswordProblem">What is wrong with the password, in sentences; null where the invitation is used up or too old.</param>
public sealed record InvitationResult(Guid? UserId, string? PasswordProblem);
