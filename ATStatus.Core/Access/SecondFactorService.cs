using System.Globalization;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Core.Access;

/// <summary>An account's second factor.</summary>
/// <param name="IsOn">Whether signing in with the password asks for a code.</param>
/// <param name="RecoveryCodes">How many recovery codes are left.</param>
public sealed record SecondFactor(bool IsOn, int RecoveryCodes, IReadOnlyList<Passkey> Passkeys);

/// <summary>A passkey as its owner knows it.</summary>
/// <param name="CreatedAt">When it was added (UTC).</param>
public sealed record Passkey(byte[] Id, string Name, DateTime CreatedAt);

/// <summary>
/// What people do with the second factor of their own account: an authenticator that shows codes (RFC 6238), recovery codes for when it is lost,
/// and passkeys, which are a factor of their own.
/// </summary>
public sealed class SecondFactorService(IServiceScopeFactory scopes, AccountTransactions transactions, TimeProvider time)
{
    /// <summary>How many recovery codes are made at once. Each is good once.</summary>
    public const int RecoveryCodes = 10;

    public const int PasskeyNameLength = 60;

    private const string UsedCodesProvider = "ATStatus", UsedCodesName = "UsedCodes";

    // Identity takes codes of two steps of 30 seconds to either side.
    private static readonly TimeSpan LongestCodeLife = TimeSpan.FromMinutes(3);

    public async Task<SecondFactor> FindAsync(Guid userId, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        await using var scope = scopes.CreateAsyncScope();
        var users = scope.ServiceProvider.GetRequiredService<UserManager<User>>();
        var user = await users.FindByIdAsync(userId.ToString()) ?? throw new NotFoundException("user");
        return new SecondFactor(
            user.TwoFactorEnabled, await users.CountRecoveryCodesAsync(user),
            [.. (await users.GetPasskeysAsync(user)).OrderBy(p => p.CreatedAt).Select(p => new Passkey(p.CredentialId, p.Name ?? "Passkey", p.CreatedAt.UtcDateTime))]);
    }

    /// <summary>Makes the secret that an authenticator is set up with. It counts once <see cref="TurnOnAsync"/> has seen a code of it.</summary>
    /// <returns>The secret in base 32 (RFC 4648), as authenticators take it.</returns>
    /// <param name="sessionId">The session of the page, here and below: see <see cref="DemandAsync(Guid, Guid?, CancellationToken)"/>.</param>
    /// <exception cref="IllegalTransitionException">It is on already.</exception>
    public Task<string> BeginAsync(Guid userId, Guid? sessionId, CancellationToken cancellationToken = default) => OfAsync(userId, async (change, user) =>
    {
        if (user.TwoFactorEnabled)
            throw new IllegalTransitionException("An authenticator is set up already. Turn it off first.");
        await DemandAsync(change.Db, user, sessionId, cancellationToken);
        // By the store: a secret that does not count yet leaves reset links and known browsers alone.
        await change.AuthenticatorKeys.SetAuthenticatorKeyAsync(user, change.Users.GenerateNewAuthenticatorKey(), cancellationToken);
        Demand(await change.Users.UpdateAsync(user));
        return await change.Users.GetAuthenticatorKeyAsync(user) ?? throw new InvalidOperationException("There is no authenticator key.");
    }, cancellationToken);

    /// <summary>Turns it on, for who shows a code of the secret.</summary>
    /// <param name="sessionId">The session of the page, which has shown a second factor now.</param>
    /// <returns>The recovery codes, which are not shown again.</returns>
    /// <exception cref="InvalidInputException">The code is wrong.</exception>
    public Task<IReadOnlyList<string>> TurnOnAsync(Guid userId, Guid? sessionId, string? code, CancellationToken cancellationToken = default) => OfAsync(userId, async (change, user) =>
    {
        var check = new InputCheck();
        check.Require(
            await change.Users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, Digits(code)), "Code",
            "This code is wrong or too old. Enter the one that your authenticator shows now.");
        check.ThrowIfInvalid();
        await DemandAsync(change.Db, user, sessionId, cancellationToken);
        Demand(await change.Users.SetTwoFactorEnabledAsync(user, true));
        Demand(await change.Users.SetAuthenticationTokenAsync(user, UsedCodesProvider, UsedCodesName, ""));
        await ShownAsync(change.Db, userId, sessionId, cancellationToken);
        return await CodesAsync(change.Users, user);
    }, cancellationToken);

    /// <summary>
    /// Takes a code of the authenticator at the sign-in. A code is good once (RFC 6238, section 5.2): shown twice, at whichever instance and
    /// however close together, it is refused the second time.
    /// </summary>
    public Task<bool> UseCodeAsync(Guid userId, string code, CancellationToken cancellationToken = default) => OfAsync(userId, async (change, user) =>
    {
        // A number is the same code with other digits before it, or a sign.
        if (code.Length != 6 || !code.All(char.IsAsciiDigit) || !await change.Users.VerifyTwoFactorTokenAsync(user, TokenOptions.DefaultAuthenticatorProvider, code))
            return false;
        var stored = change.Db.UserTokens.Where(t => t.UserId == userId && t.LoginProvider == UsedCodesProvider && t.Name == UsedCodesName);
        var before = await stored.Select(t => t.Value).SingleAsync(cancellationToken) ?? "";
        var now = time.GetUtcNow();
        var used = UsedCodes(before).Where(u => u.At > now - LongestCodeLife).ToList();
        if (used.Exists(u => u.Code == code))
            return false;
        var after = string.Join(' ', used.Append((code, now)).Select(u => string.Create(CultureInfo.InvariantCulture, $"{u.Item1}@{u.Item2.ToUnixTimeSeconds()}")));
        // Of two at once only one still finds what both have read.
        return await stored.Where(t => t.Value == before).ExecuteUpdateAsync(row => row.SetProperty(t => t.Value, after), cancellationToken) == 1;
    }, cancellationToken);

    /// <summary>Turns it off; authenticator and recovery codes are forgotten.</summary>
    public Task TurnOffAsync(Guid userId, Guid? sessionId, CancellationToken cancellationToken = default) => OfAsync(userId, async (change, user) =>
    {
        await DemandAsync(change.Db, user, sessionId, cancellationToken);
        Demand(await change.Users.SetTwoFactorEnabledAsync(user, false));
        await change.Db.UserTokens.Where(t => t.UserId == userId).ExecuteDeleteAsync(cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>Makes new recovery codes; the earlier ones are worthless.</summary>
    /// <exception cref="IllegalTransitionException">It is off.</exception>
    public Task<IReadOnlyList<string>> NewRecoveryCodesAsync(Guid userId, Guid? sessionId, CancellationToken cancellationToken = default) => OfAsync(userId, async (change, user) =>
    {
        if (!user.TwoFactorEnabled)
            throw new IllegalTransitionException("No authenticator is set up.");
        await DemandAsync(change.Db, user, sessionId, cancellationToken);
        return await CodesAsync(change.Users, user);
    }, cancellationToken);

    /// <summary>Removes a passkey; nothing where it is gone.</summary>
    public Task RemovePasskeyAsync(Guid userId, Guid? sessionId, byte[] id, CancellationToken cancellationToken = default) => OfAsync(userId, async (change, user) =>
    {
        await DemandAsync(change.Db, user, sessionId, cancellationToken);
        Demand(await change.Users.RemovePasskeyAsync(user, id));
        return true;
    }, cancellationToken);

    /// <summary>
    /// Throws where the second factor is not this session's to change: a password alone must not replace what is demanded beside it. The first
    /// factor of an account is set up with the password.
    /// </summary>
    /// <exception cref="IllegalTransitionException">The account has a second factor that counts, and the session has not shown it.</exception>
    public Task DemandAsync(Guid userId, Guid? sessionId, CancellationToken cancellationToken = default) => transactions.RunAsync(async change =>
    {
        await DemandAsync(change.Db, await change.FindAsync(userId), sessionId, cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>The session has shown a second factor just now: a passkey that was added in it.</summary>
    public Task ShownAsync(Guid userId, Guid? sessionId, CancellationToken cancellationToken = default) => OfAsync(userId, async (change, _) =>
    {
        await ShownAsync(change.Db, userId, sessionId, cancellationToken);
        return true;
    }, cancellationToken);

    /// <summary>What a person types for a code: blanks and hyphens do not count.</summary>
    public static string Digits(string? code) => string.Concat((code ?? "").Where(c => !char.IsWhiteSpace(c) && c != '-'));

    private static async Task DemandAsync(AtStatusDbContext db, User user, Guid? sessionId, CancellationToken cancellationToken)
    {
        var counts = user.TwoFactorEnabled
            || (await db.AccessRules.AnyAsync(r => r.RequiresSecondFactor, cancellationToken) && await db.UserPasskeys.AnyAsync(p => p.UserId == user.Id, cancellationToken));
        if (counts && !await db.Sessions.AnyAsync(s => s.Id == sessionId && s.UserId == user.Id && s.IsStrong, cancellationToken))
            throw new IllegalTransitionException("Sign in with your second factor first: this session began with the password alone.");
    }

    private static Task<int> ShownAsync(AtStatusDbContext db, Guid userId, Guid? sessionId, CancellationToken cancellationToken) =>
        db.Sessions.Where(s => s.Id == sessionId && s.UserId == userId).ExecuteUpdateAsync(row => row.SetProperty(s => s.IsStrong, true), cancellationToken);

    private static IEnumerable<(string Code, DateTimeOffset At)> UsedCodes(string stored) => stored.Split(' ', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('@'))
        .Select(part => (part[0], DateTimeOffset.FromUnixTimeSeconds(long.Parse(part[1], CultureInfo.InvariantCulture))));

    private static async Task<IReadOnlyList<string>> CodesAsync(UserManager<User> users, User user) =>
        [.. await users.GenerateNewTwoFactorRecoveryCodesAsync(user, RecoveryCodes) ?? []];

    private Task<T> OfAsync<T>(Guid userId, Func<AccountTransaction, User, Task<T>> act, CancellationToken cancellationToken) => transactions.RunAsync(async change =>
    {
        var result = await act(change, await change.FindAsync(userId));
        await change.CommitAsync();
        return result;
    }, cancellationToken);

    private static void Demand(IdentityResult result)
    {
        if (!result.Succeeded)
            throw new EditConflictException("user");
    }
}
