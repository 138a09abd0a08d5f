using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Access;

/// <summary>Who an identity provider says somebody is.</summary>
/// <param name="Subject">What it calls the person for ever.</param>
/// <param name="Email">Null where it says none that could be a name here.</param>
/// <param name="Role">The role that its claim is mapped to; null where it gives no access.</param>
public sealed record ExternalIdentity(string Provider, string Subject, string? Email, bool IsEmailVerified, string? Role);

/// <summary>The accounts of people whom an identity provider names.</summary>
public sealed partial class ExternalAccounts(
    IServiceScopeFactory scopes, AccountService accounts, SessionStore sessions, ILogger<ExternalAccounts> logger)
{
    /// <summary>
    /// The account of who signs in, made where there is none, with the role that the provider says now. An account of the same address that was made here is
    /// taken for theirs only if the provider has verified that the address is.
    /// </summary>
    /// <returns>Null where they have no access: no role, no address, an address that is somebody else's, or an account that is switched off.</returns>
    public async Task<User?> SignInAsync(ExternalIdentity identity, CancellationToken cancellationToken = default)
    {
        var user = await FindOrAddAsync(identity, cancellationToken);
        if (user is null)
            return null;
        if (identity.Role is not { } role)
        {
            // Taken away since: what is open ends too.
            await sessions.EndAllAsync(user.Id, null, cancellationToken);
            return null;
        }
        try
        {
            await accounts.GiveRoleAsync(user.Id, role, cancellationToken);
        }
        catch (IllegalTransitionException)
        {
            LogLastAdmin();
        }
        return user.IsOn ? user : null;
    }

    private async Task<User?> FindOrAddAsync(ExternalIdentity identity, CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AtStatusDbContext>();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        if (await users.FindByLoginAsync(identity.Provider, identity.Subject) is { } known)
            return known;
        if (identity.Role is null || identity.Email is not { } email)
            return null;
        var user = await users.FindByNameAsync(email);
        if (user is not null && !identity.IsEmailVerified)
            return null;
        var login = new UserLoginInfo(identity.Provider, identity.Subject, identity.Provider);
        if (user is null)
        {
            user = new User { Id = Guid.NewGuid(), UserName = email, Email = email, EmailConfirmed = identity.IsEmailVerified, MayRedeliver = identity.Role == Roles.Editor, MaySeePayloads = identity.Role == Roles.Editor };
            if (!(await users.CreateAsync(user)).Succeeded)
                return null;
        }
        if (!(await users.AddLoginAsync(user, login)).Succeeded)
            return null;
        await transaction.CommitAsync(cancellationToken);
        return user;
    }

    [LoggerMessage(LogLevel.Warning, "The identity provider demotes the last Admin, who stays one.")]
    private partial void LogLastAdmin();
}
