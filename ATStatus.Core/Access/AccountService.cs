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
public sealed class AccountService(IDbContextFactory<AtStatusDbContext> contexts, SessionStore sessions, TimeProvider time)
{
    /// <summary>How long an invitation is good for.</summary>
    public static readonly TimeSpan InvitationLifetime = TimeSpan.FromDays(7);

    private const string What = "user";

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
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
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
        await transaction.CommitAsync(cancellationToken);
        return token;
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
        return ChangeAsync(userId, async (db, user) =>
        {
            (user.MaySeePayloads, user.MayRedeliver) = (input.MaySeePayloads, input.MayRedeliver);
            await GiveAsync(db, user, input.Role, cancellationToken);
        }, cancellationToken);
    }

    /// <summary>Gives an account a role and leaves everything else. Its sessions end if the role is another.</summary>
    /// <exception cref="NotFoundException"/>
    /// <exception cref="IllegalTransitionException">It is the last Admin.</exception>
    public Task GiveRoleAsync(Guid userId, string role, CancellationToken cancellationToken = default) =>
        ChangeAsync(userId, (db, user) => GiveAsync(db, user, role, cancellationToken), cancellationToken);

    /// <summary>Switches an account on or off.</summary>
    /// <exception cref="NotFoundException"/>
    /// <exception cref="IllegalTransitionException">It is the last Admin.</exception>
    public Task SetOnAsync(Guid userId, bool isOn, CancellationToken cancellationToken = default) => ChangeAsync(userId, async (db, user) =>
    {
        user.IsOn = isOn;
        if (!isOn)
            await EndSessionsAsync(db, user, cancellationToken);
    }, cancellationToken);

    /// <summary>Deletes an account. What it did keeps its name.</summary>
    /// <exception cref="NotFoundException"/>
    /// <exception cref="IllegalTransitionException">It is the last Admin.</exception>
    public Task DeleteAsync(Guid userId, CancellationToken cancellationToken = default) => ChangeAsync(userId, async (db, user) =>
    {
        await db.Sessions.Where(s => s.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        db.Remove(user);
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
    public Task ResetSecondFactorAsync(Guid userId, CancellationToken cancellationToken = default) => ChangeAsync(userId, async (db, user) =>
    {
        user.TwoFactorEnabled = false;
        var tokens = await db.UserTokens.Where(t => t.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        var passkeys = await db.UserPasskeys.Where(p => p.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        db.Audit.Record(new AuditChange(AuditAction.Changed, AuditObject.User, userId.ToString(), user.Email)
        {
            Before = new Dictionary<string, object?> { ["second_factor_secrets"] = tokens, ["passkeys"] = passkeys },
            After = new Dictionary<string, object?> { ["second_factor_secrets"] = 0, ["passkeys"] = 0 },
        });
        await EndSessionsAsync(db, user, cancellationToken);
    }, cancellationToken);

    /// <summary>Makes an account an Admin that is on, whatever it was.</summary>
    /// <exception cref="NotFoundException"/>
    public Task MakeAdminAsync(Guid userId, CancellationToken cancellationToken = default) => ChangeAsync(userId, (db, user) =>
    {
        user.IsOn = true;
        return GiveAsync(db, user, Roles.Admin, cancellationToken);
    }, cancellationToken);

    private async Task ChangeAsync(Guid userId, Func<AtStatusDbContext, User, Task> change, CancellationToken cancellationToken)
    {
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            // First, so that of two changes of Admins one waits for the other and sees what it made.
            var admins = await RoleAsync(db, Roles.Admin, cancellationToken);
            await db.Roles.Where(r => r.Id == admins.Id).ExecuteUpdateAsync(
                row => row.SetProperty(r => r.ConcurrencyStamp, Guid.NewGuid().ToString()), cancellationToken);
            var user = await db.Users.SingleOrDefaultAsync(u => u.Id == userId, cancellationToken) ?? throw new NotFoundException(What);
            await change(db, user);
            // Identity writes all of a user's columns where it finds this stamp as it has read it: what it read before must not undo the change.
            user.ConcurrencyStamp = Guid.NewGuid().ToString();
            try
            {
                await db.SaveChangesAsync(cancellationToken);
            }
            catch (DbUpdateConcurrencyException)
            {
                throw new EditConflictException(What);
            }
            if (!await db.UserRoles.AnyAsync(r => r.RoleId == admins.Id && db.Users.Any(u => u.Id == r.UserId && u.IsOn), cancellationToken))
                throw new IllegalTransitionException("The last Admin cannot be removed, demoted or switched off. Make another user an Admin first.");
            await transaction.CommitAsync(cancellationToken);
        }
        sessions.Changes.Signal();
    }

    private static async Task GiveAsync(AtStatusDbContext db, User user, string name, CancellationToken cancellationToken)
    {
        var role = await RoleAsync(db, name, cancellationToken);
        var had = await db.UserRoles.Where(r => r.UserId == user.Id).ToListAsync(cancellationToken);
        if (had is [var only] && only.RoleId == role.Id)
            return;
        db.RemoveRange(had);
        db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = role.Id });
        await EndSessionsAsync(db, user, cancellationToken);
    }

    /// <summary>Ends the sessions, and with another stamp the reset links and known browsers, which are bound to it.</summary>
    private static async Task EndSessionsAsync(AtStatusDbContext db, User user, CancellationToken cancellationToken)
    {
        await db.Sessions.Where(s => s.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);
        user.SecurityStamp = Guid.NewGuid().ToString();
    }

    /// <summary>The role's row, made where nobody has had the role before.</summary>
    internal static async Task<Role> RoleAsync(AtStatusDbContext db, string name, CancellationToken cancellationToken)
    {
        var normalized = name.ToUpperInvariant();
        if (await db.Roles.AsNoTracking().SingleOrDefaultAsync(r => r.NormalizedName == normalized, cancellationToken) is { } role)
            return role;
        role = new Role { Id = Guid.NewGuid(), Name = name, NormalizedName = normalized };
        db.Roles.Add(role);
        await db.SaveChangesAsync(cancellationToken);
        return role;
    }

    private static void RequireRole(InputCheck check, string role) =>
        check.Require(Roles.All.Contains(role), nameof(AccountInput.Role), "Choose a role.");
}
