using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Core.Access;

/// <summary>Changes accounts, each time in a transaction with a context of its own, which Identity's managers share.</summary>
public sealed class AccountTransactions(IServiceScopeFactory scopes, SessionStore sessions)
{
    private const int MostTries = 3;

    /// <summary>
    /// Runs a change, of which nothing stays unless it commits. It runs again where somebody else has written the same account meanwhile, or the
    /// database has undone it for a passing reason.
    /// </summary>
    /// <exception cref="EditConflictException">Somebody else has written the account each time.</exception>
    /// <exception cref="DatabaseNotWritableException"/>
    internal async Task<T> RunAsync<T>(Func<AccountTransaction, Task<T>> change, CancellationToken cancellationToken)
    {
        for (var tries = 1; ; tries++)
        {
            try
            {
                await using var scope = scopes.CreateAsyncScope();
                var db = scope.ServiceProvider.GetRequiredService<AtStatusDbContext>();
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                return await change(new AccountTransaction(scope.ServiceProvider, db, transaction, sessions, cancellationToken));
            }
            catch (Exception e) when (tries < MostTries && (e is DbUpdateConcurrencyException || DatabaseFaults.IsPassing(e)))
            {
                // Made again, from what is so now.
            }
            catch (DbUpdateConcurrencyException)
            {
                throw new EditConflictException("user");
            }
            catch (Exception e) when (e is not ProblemException && DatabaseFaults.Of(e) is { } fault)
            {
                throw new DatabaseNotWritableException(fault, e);
            }
        }
    }
}

/// <summary>
/// One change of accounts. Rows are locked in the same order everywhere: the role of the Admins (where <see cref="LockAsync"/> is called), the account,
/// its sessions.
/// </summary>
internal sealed class AccountTransaction(
    IServiceProvider services, AtStatusDbContext db, IDbContextTransaction transaction, SessionStore sessions, CancellationToken cancellationToken)
{
    public AtStatusDbContext Db => db;

    public UserManager<User> Users => field ??= services.GetRequiredService<UserManager<User>>();

    /// <summary>Identity's store of authenticators: unlike its manager it leaves the security stamp alone.</summary>
    public IUserAuthenticatorKeyStore<User> AuthenticatorKeys => (IUserAuthenticatorKeyStore<User>)services.GetRequiredService<IUserStore<User>>();

    /// <summary>
    /// Lets no other change of accounts, roles and invitations run until this one ends, on whichever instance: of two who remove each other's role, or
    /// make the same account, one sees what the other has done.
    /// </summary>
    public async Task LockAsync()
    {
        var name = Normalize(Roles.Admin);
        var locked = await db.Roles.Where(r => r.NormalizedName == name).ExecuteUpdateAsync(
            row => row.SetProperty(r => r.ConcurrencyStamp, Guid.NewGuid().ToString()), cancellationToken);
        if (locked != 1)
            throw new InvalidOperationException("The role of Admins is not in the database.");
    }

    /// <exception cref="NotFoundException"/>
    public async Task<User> FindAsync(Guid userId) =>
        await db.Users.SingleOrDefaultAsync(u => u.Id == userId, cancellationToken) ?? throw new NotFoundException("user");

    /// <summary>Gives an account a role, and no other.</summary>
    /// <returns>Whether it had another.</returns>
    public async Task<bool> GiveRoleAsync(User user, string role)
    {
        var name = Normalize(role);
        var id = await db.Roles.Where(r => r.NormalizedName == name).Select(r => r.Id).SingleAsync(cancellationToken);
        var had = await db.UserRoles.Where(r => r.UserId == user.Id).ToListAsync(cancellationToken);
        if (had is [var only] && only.RoleId == id)
            return false;
        db.RemoveRange(had);
        db.UserRoles.Add(new IdentityUserRole<Guid> { UserId = user.Id, RoleId = id });
        return true;
    }

    /// <summary>Saves what was changed of an account.</summary>
    /// <param name="user">The account, or what was one.</param>
    /// <param name="endsSessions">Whether its sessions end, and with another stamp the reset links, known browsers and sign-ins under way, which are bound to it.</param>
    /// <exception cref="IllegalTransitionException">There would be no Admin any more.</exception>
    public async Task SaveAsync(User user, bool endsSessions)
    {
        // Identity writes all of a user's columns where it finds this stamp as it has read it: what it read before must not undo the change.
        user.ConcurrencyStamp = Guid.NewGuid().ToString();
        if (endsSessions)
            user.SecurityStamp = Guid.NewGuid().ToString();
        await db.SaveChangesAsync(cancellationToken);
        if (endsSessions)
            await EndSessionsAsync(user);
        var name = Normalize(Roles.Admin);
        if (!await db.UserRoles.AnyAsync(
            r => db.Roles.Any(role => role.Id == r.RoleId && role.NormalizedName == name) && db.Users.Any(u => u.Id == r.UserId && u.IsOn), cancellationToken))
            throw new IllegalTransitionException("The last Admin cannot be removed, demoted or switched off. Make another user an Admin first.");
    }

    /// <summary>Ends an account's sessions. Its row was written before: a sign-in under way holds it while it begins one.</summary>
    public Task EndSessionsAsync(User user) => db.Sessions.Where(s => s.UserId == user.Id).ExecuteDeleteAsync(cancellationToken);

    /// <summary>Commits. Open pages and other sessions notice at once.</summary>
    /// <param name="committed">Runs before they do.</param>
    public async Task CommitAsync(Action? committed = null)
    {
        await transaction.CommitAsync(cancellationToken);
        committed?.Invoke();
        sessions.Changes.Signal();
    }

    private static string Normalize(string role) => role.ToUpperInvariant();
}
