using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access;

/// <summary>
/// What Admins do with accounts. A change of the role, switching off and deleting end the account's sessions. There is always an Admin who can
/// sign in: two who remove each other at the same moment cannot both succeed.
/// </summary>
[Needs(Right.Administer)]
public sealed class AccountService(
    IDbContextFactory<AtStatusDbContext> contexts, AccountTransactions transactions, SessionStore sessions, TimeProvider time)
{
    /// <summary>How long an invitation is good for.</summary>
    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(7);

    /// <summary>Identity's own.</summary>
    private static readonly UpperInvariantLookupNormalizer Normalizer = new();

    /// <summary>Invites somebody. An earlier invitation of the same address is replaced.</summary>
    /// <returns>The token of the link, which is kept nowhere.</returns>
    /// <exception cref="InvalidInputException">It is no e-mail address, has an account already, or the role is none.</exception>
    public async Task<string> InviteAsync(InvitationInput input, Actor actor, CancellationToken cancellationToken = default)
    {
        var check = new InputCheck();
        var email = check.Line(input.Email, nameof(input.Email), "Email", EmailAddress.MaxLength);
        check.Require(EmailAddress.IsValid(email), nameof(input.Email), "Enter an email address such as ada@example.com.");
        RequireRole(check, input.Account.Role);
        check.ThrowIfInvalid();
        var normalized = Normalizer.NormalizeEmail(email);
        var now = time.GetUtcNow().UtcDateTime;
        return await transactions.RunAsync(async change =>
        {
            await change.LockAsync();
            var db = change.Db;
            check.Require(
                !await db.Users.AnyAsync(u => u.NormalizedEmail == normalized || u.NormalizedUserName == normalized, cancellationToken),
                nameof(input.Email), "A user with this email address exists.");
            check.ThrowIfInvalid();
            foreach (var earlier in await db.Invitations.ToListAsync(cancellationToken))
            {
                if (earlier.EndsAt <= now || Normalizer.NormalizeEmail(earlier.Email) == normalized)
                    db.Remove(earlier);
            }
            var token = LinkToken.Create();
            db.Invitations.Add(new Invitation
            {
                Email = email,
                Role = input.Account.Role,
                MaySeePayloads = input.Account.MaySeePayloads,
                MayRedeliver = input.Account.MayRedeliver,
                TokenHash = LinkToken.HashOf(token),
                CreatedAt = now,
                EndsAt = now + InvitationLifetime,
                CreatedBy = actor.Name,
            });
            await db.SaveChangesAsync(cancellationToken);
            await change.CommitAsync();
            return token;
        }, cancellationToken);
    }

    /// <summary>Makes an invitation's link worthless; nothing where it was used.</summary>
    public async Task WithdrawAsync(int invitationId, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        if (await db.Invitations.SingleOrDefaultAsync(i => i.Id == invitationId, cancellationToken) is not { } invitation)
            return;
        db.Remove(invitation);
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            // It was used, or withdrawn, at the same moment.
        }
    }

    /// <summary>Gives an account a role and what is switched for it. Its sessions go on unless the role is another.</summary>
    /// <exception cref="NotFoundException"/>
    /// <exception cref="IllegalTransitionException">It is the last Admin.</exception>
    public Task ChangeAsync(Guid userId, AccountInput input, CancellationToken cancellationToken = default)
    {
        var check = new InputCheck();
        RequireRole(check, input.Role);
        check.ThrowIfInvalid();
        return ChangeAsync(userId, (change, user) =>
        {
            (user.MaySeePayloads, user.MayRedeliver) = (input.MaySeePayloads, input.MayRedeliver);
            return change.GiveRoleAsync(user, input.Role);
        }, cancellationToken);
    }

    /// <summary>Switches an account on or off.</summary>
    /// <exception cref="NotFoundException"/>
    /// <exception cref="IllegalTransitionException">It is the last Admin.</exception>
    public Task SetOnAsync(Guid userId, bool isOn, CancellationToken cancellationToken = default) => ChangeAsync(userId, (_, user) =>
    {
        user.IsOn = isOn;
        return Task.FromResult(!isOn);
    }, cancellationToken);

    /// <summary>Deletes an account. What it did keeps its name.</summary>
    /// <exception cref="NotFoundException"/>
    /// <exception cref="IllegalTransitionException">It is the last Admin.</exception>
    public Task DeleteAsync(Guid userId, CancellationToken cancellationToken = default) => ChangeAsync(userId, (change, user) =>
    {
        change.Db.Remove(user);
        return Task.FromResult(true);
    }, cancellationToken);

    /// <summary>Ends all sessions of an account.</summary>
    public Task SignOutAsync(Guid userId, CancellationToken cancellationToken = default) => sessions.EndAllAsync(userId, null, cancellationToken);

    /// <summary>Demands a second factor of everybody, or of nobody. Who has shown none is left with the own account, at once.</summary>
    /// <param name="sessionId">The session of who demands it.</param>
    /// <exception cref="IllegalTransitionException">That session has shown none itself.</exception>
    public async Task RequireSecondFactorAsync(bool required, Guid? sessionId, CancellationToken cancellationToken = default)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            if (required && !await db.Sessions.AnyAsync(s => s.Id == sessionId && s.IsStrong, cancellationToken))
                throw new IllegalTransitionException("Set up your own second factor first, on your account page, and sign in with it.");
            var rules = await db.AccessRules.SingleOrDefaultAsync(cancellationToken) ?? db.AccessRules.Add(new AccessRules()).Entity;
            rules.RequiresSecondFactor = required;
            await db.SaveChangesAsync(cancellationToken);
        }
        sessions.Changes.Signal();
    }

    /// <summary>Takes an account's authenticator, recovery codes and passkeys away, and ends its sessions.</summary>
    /// <exception cref="NotFoundException"/>
    public Task ResetSecondFactorAsync(Guid userId, CancellationToken cancellationToken = default) => ChangeAsync(userId, async (change, user) =>
    {
        var db = change.Db;
        user.TwoFactorEnabled = false;
        var tokens = await db.UserTokens.Where(t => t.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        var passkeys = await db.UserPasskeys.Where(p => p.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        db.Audit.Record(new AuditChange(AuditAction.Changed, AuditObject.User, userId.ToString(), user.Email)
        {
            Before = new Dictionary<string, object?> { ["second_factor_secrets"] = tokens, ["passkeys"] = passkeys },
            After = new Dictionary<string, object?> { ["second_factor_secrets"] = 0, ["passkeys"] = 0 },
        });
        return true;
    }, cancellationToken);

    /// <summary>Makes an account an Admin that is on, whatever it was.</summary>
    /// <exception cref="NotFoundException"/>
    public Task MakeAdminAsync(Guid userId, CancellationToken cancellationToken = default) => ChangeAsync(userId, (change, user) =>
    {
        user.IsOn = true;
        return change.GiveRoleAsync(user, Roles.Admin);
    }, cancellationToken);

    /// <param name="change">Says whether the account's sessions end.</param>
    private Task<bool> ChangeAsync(Guid userId, Func<AccountTransaction, User, Task<bool>> change, CancellationToken cancellationToken) =>
        transactions.RunAsync(async transaction =>
        {
            await transaction.LockAsync();
            var user = await transaction.FindAsync(userId);
            await transaction.SaveAsync(user, await change(transaction, user));
            await transaction.CommitAsync();
            return true;
        }, cancellationToken);

    private static void RequireRole(InputCheck check, string role) =>
        check.Require(Roles.All.Contains(role), nameof(AccountInput.Role), "Choose a role.");
}
