using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Access;

/// <summary>Who an identity provider says somebody is.</summary>
/// <param name="Subject">What it calls the person for ever.</param>
/// <param name="Email">Null where it says none that could be a name here.</param>
/// <param name="Role">The role that its claim is mapped to; null where it gives no access.</param>
public sealed record ExternalIdentity(string Provider, string Subject, string? Email, bool IsEmailVerified, string? Role);

/// <summary>The accounts of people whom an identity provider names.</summary>
public sealed partial class ExternalAccounts(AccountTransactions transactions, SessionStore sessions, ILogger<ExternalAccounts> logger)
{
    /// <summary>
    /// The account of who signs in, made where there is none, with the role that the provider says now. An account of the same address that was made here is
    /// taken for theirs only if the provider has verified that the address is.
    /// </summary>
    /// <returns>
    /// Null where they have no access: no role, no address, an address that is somebody else's, an account that is switched off, or another role than Admin
    /// where there is no Admin yet.
    /// </returns>
    public async Task<User?> SignInAsync(ExternalIdentity identity, CancellationToken cancellationToken = default)
    {
        User? user;
        try
        {
            user = await SignInAsync(identity, identity.Role, cancellationToken);
        }
        catch (IllegalTransitionException)
        {
            LogLastAdmin();
            user = await SignInAsync(identity, null, cancellationToken);
        }
        if (user is null)
            return null;
        if (identity.Role is null)
        {
            // Taken away since: what is open ends too.
            await sessions.EndAllAsync(user.Id, null, cancellationToken);
            return null;
        }
        return user.IsOn ? user : null;
    }

    /// <param name="role">The role to give; null leaves the one that the account has, and makes none.</param>
    private Task<User?> SignInAsync(ExternalIdentity identity, string? role, CancellationToken cancellationToken) => transactions.RunAsync(async change =>
    {
        await change.LockAsync();
        if (await FindOrAddAsync(change.Users, identity, adds: role is not null) is not { } user)
            return null;
        if (role is not null && await change.GiveRoleAsync(user, role))
        {
            // What was switched for the role before does not outlive it.
            user.MaySeePayloads = user.MayRedeliver = role == Roles.Editor;
            await change.SaveAsync(user, endsSessions: true);
        }
        await change.CommitAsync();
        return user;
    }, cancellationToken);

    private static async Task<User?> FindOrAddAsync(UserManager<User> users, ExternalIdentity identity, bool adds)
    {
        if (await users.FindByLoginAsync(identity.Provider, identity.Subject) is { } known)
        {
            // A database may compare without regard to case or trailing blanks; the provider does not (OpenID Connect Core, 2).
            var logins = await users.GetLoginsAsync(known);
            return logins.Any(l => l.LoginProvider == identity.Provider && l.ProviderKey == identity.Subject) ? known : null;
        }
        if (identity.Role is null || identity.Email is not { } email)
            return null;
        var user = await users.FindByNameAsync(email);
        if (user is null ? !adds : !identity.IsEmailVerified)
            return null;
        if (user is null)
        {
            user = new User { Id = Guid.NewGuid(), UserName = email, Email = email, EmailConfirmed = identity.IsEmailVerified };
            if (!(await users.CreateAsync(user)).Succeeded)
                return null;
        }
        return (await users.AddLoginAsync(user, new UserLoginInfo(identity.Provider, identity.Subject, identity.Provider))).Succeeded ? user : null;
    }

    [LoggerMessage(LogLevel.Warning, "The identity provider gives somebody a role that would leave no Admin: an Admin stays one, a first account must be one.")]
    private partial void LogLastAdmin();
}
