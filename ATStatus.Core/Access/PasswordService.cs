using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Core.Access;

/// <summary>Gives accounts new passwords. A new password ends the account's sessions, known browsers and reset links.</summary>
public sealed class PasswordService(IServiceScopeFactory scopes, SessionStore sessions)
{
    /// <summary>Sets the password of an account, for whoever has proved to own it.</summary>
    /// <param name="user">The account as it was read for the proof; it gets the new security stamp.</param>
    /// <returns>What is wrong with the password in sentences, empty when nothing is; null where the account has changed since it was read.</returns>
    public Task<string?> SetAsync(User user, string password, CancellationToken cancellationToken = default) => ChangeAsync(
        user.Id, user.SecurityStamp,
        async (users, fresh) =>
        {
            var result = await users.ResetPasswordAsync(fresh, await users.GeneratePasswordResetTokenAsync(fresh), password);
            user.SecurityStamp = fresh.SecurityStamp;
            return result;
        },
        cancellationToken);

    /// <summary>Sets the password of somebody who says what it was.</summary>
    /// <returns>The same; <see cref="WrongPassword"/> where it was another.</returns>
    public Task<string?> ChangeAsync(Guid userId, string current, string password, CancellationToken cancellationToken = default) => ChangeAsync(
        userId, null,
        async (users, fresh) => await users.ChangePasswordAsync(fresh, current, password), cancellationToken);

    /// <summary>The code of what <see cref="ChangeAsync(Guid, string, string, CancellationToken)"/> returns for a wrong current password.</summary>
    public const string WrongPassword = nameof(IdentityErrorDescriber.PasswordMismatch);

    private async Task<string?> ChangeAsync(
        Guid userId, string? stamp, Func<UserManager<User>, User, Task<IdentityResult>> change, CancellationToken cancellationToken)
    {
        await using (var scope = scopes.CreateAsyncScope())
        {
            var db = scope.ServiceProvider.GetRequiredService<AtStatusDbContext>();
            var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (await db.Users.SingleOrDefaultAsync(u => u.Id == userId, cancellationToken) is not { } user || (stamp is not null && user.SecurityStamp != stamp))
                return null;
            var result = await change(users, user);
            // Somebody else has written the account at the same moment.
            if (result.Errors.Any(e => e.Code == nameof(IdentityErrorDescriber.ConcurrencyFailure)))
                return null;
            if (!result.Succeeded)
                return result.Errors.Any(e => e.Code == WrongPassword) ? WrongPassword : string.Join(" ", result.Errors.Select(e => e.Description));
            await db.Sessions.Where(s => s.UserId == userId).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        sessions.Changes.Signal();
        return "";
    }
}
