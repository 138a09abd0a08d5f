using ATStatus.Core.Model;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Access;

/// <summary>Gives accounts new passwords. A new password ends the account's sessions, known browsers, reset links and sign-ins under way.</summary>
public sealed class PasswordService(AccountTransactions transactions)
{
    /// <summary>Sets the password of an account, for whoever has proved to own it.</summary>
    /// <param name="user">The account as it was read for the proof; it gets the new security stamp.</param>
    /// <returns>What is wrong with the password in sentences, empty when nothing is; null where the account has changed since it was read.</returns>
    public Task<string?> SetAsync(User user, string password, CancellationToken cancellationToken = default) => ChangeAsync(
        user.Id, user.SecurityStamp,
        async (users, fresh) => await users.ResetPasswordAsync(fresh, await users.GeneratePasswordResetTokenAsync(fresh), password),
        fresh => user.SecurityStamp = fresh.SecurityStamp,
        cancellationToken);

    /// <summary>Sets the password of somebody who says what it was.</summary>
    /// <param name="changed">Takes the account as it is then, before anybody is told that its sessions have ended.</param>
    /// <returns>The same; <see cref="WrongPassword"/> where it was another.</returns>
    public Task<string?> ChangeAsync(Guid userId, string current, string password, Action<User>? changed = null, CancellationToken cancellationToken = default) =>
        ChangeAsync(userId, null, (users, fresh) => users.ChangePasswordAsync(fresh, current, password), changed, cancellationToken);

    /// <summary>The code of what <see cref="ChangeAsync(Guid, string, string, Action{User}, CancellationToken)"/> returns for a wrong current password.</summary>
    public const string WrongPassword = nameof(IdentityErrorDescriber.PasswordMismatch);

    private Task<string?> ChangeAsync(
        Guid userId, string? stamp, Func<UserManager<User>, User, Task<IdentityResult>> change, Action<User>? changed, CancellationToken cancellationToken) =>
        transactions.RunAsync(async transaction =>
        {
            if (await transaction.Db.Users.SingleOrDefaultAsync(u => u.Id == userId, cancellationToken) is not { } user || (stamp is not null && user.SecurityStamp != stamp))
                return null;
            var result = await change(transaction.Users, user);
            // Somebody else has written the account at the same moment.
            if (result.Errors.Any(e => e.Code == nameof(IdentityErrorDescriber.ConcurrencyFailure)))
                return null;
            if (!result.Succeeded)
                return result.Errors.Any(e => e.Code == WrongPassword) ? WrongPassword : string.Join(" ", result.Errors.Select(e => e.Description));
            await transaction.EndSessionsAsync(user);
            await transaction.CommitAsync(() => changed?.Invoke(user));
            return "";
        }, cancellationToken);
}
