using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>
/// Signs in with a password. What it answers and how long that takes is the same whether there is such an account or not.
/// </summary>
internal sealed partial class PasswordSignIn(
    UserManager<User> users, SessionSignIn session, SignInThrottle throttle, PasswordChecks checks, KnownBrowsers browsers, SignInFailures failures,
    ILogger<PasswordSignIn> logger)
{
    /// <summary>The longest password that is looked at. Longer than a new one may be: earlier versions took any.</summary>
    public const int LongestPassword = 1024;

    // What is compared where there is no account, so that it takes as long.
    private static string? _nobodysHash;

    /// <summary>Tries a name and a password as they were typed, and signs in if they are right.</summary>
    public async Task<PasswordSignInResult> TryAsync(HttpContext context, string email, string password)
    {
        var name = email.Length <= EmailAddress.MaxLength ? email.Trim() : "";
        var user = await users.FindByNameAsync(name);
        var browser = user is null ? null : browsers.Find(context, user);
        // The name as it is stored: a database may take several spellings for the same.
        SignInKey[] keys = browser is { } known
            ? [SignInKey.Browser(user!.Id, known)]
            : [SignInKey.Account(user?.NormalizedUserName ?? users.NormalizeName(name) ?? ""), SignInKey.Address(context.Connection.RemoteIpAddress)];
        if (throttle.DelayOf(keys) is var delay && delay > TimeSpan.Zero)
            return new PasswordSignInResult.TooManyFailures(delay);

        bool right;
        using (var place = await checks.EnterAsync(context, trusted: browser is not null))
        {
            if (!place.IsAcquired)
                return new PasswordSignInResult.Busy();
            // Only now, under the place: of many attempts at once each must see what became of the one before.
            if (throttle.Count(keys) is var wait && wait > TimeSpan.Zero)
                return new PasswordSignInResult.TooManyFailures(wait);
            right = await IsRightAsync(user, password.Length <= LongestPassword ? password : "");
        }
        if (!right)
        {
            LogFailed(context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address");
            await failures.CountAsync(context, user);
            return new PasswordSignInResult.Wrong();
        }
        throttle.Succeeded(keys);
        if (!user!.IsOn)
        {
            await failures.CountAsync(context, user);
            return new PasswordSignInResult.SwitchedOff();
        }
        if (user.TwoFactorEnabled)
        {
            await SecondStep.BeginAsync(context, user);
            return new PasswordSignInResult.NeedsCode();
        }
        if (!await session.BeginAsync(context, user))
            return new PasswordSignInResult.Wrong();
        browsers.Remember(context, user);
        return new PasswordSignInResult.Succeeded();
    }

    /// <summary>Lets attempts at an account come again at once, as after its password was set anew.</summary>
    public void Unlock(User user) => throttle.Succeeded(SignInKey.Account(user.NormalizedUserName ?? ""));

    private async Task<bool> IsRightAsync(User? user, string password)
    {
        _nobodysHash ??= users.PasswordHasher.HashPassword(new User(), Guid.NewGuid().ToString());
        if (user?.PasswordHash is not null)
            return await users.CheckPasswordAsync(user, password);
        users.PasswordHasher.VerifyHashedPassword(new User(), _nobodysHash, password);
        return false;
    }

    [LoggerMessage(LogLevel.Information, "An attempt to sign in from {Address} had a wrong email address or password.")]
    private partial void LogFailed(string address);
}

/// <summary>What became of an attempt to sign in.</summary>
internal abstract record PasswordSignInResult
{
    /// <summary>Signed in.</summary>
    public sealed record Succeeded : PasswordSignInResult;

    /// <summary>Name or password is wrong.</summary>
    public sealed record Wrong : PasswordSignInResult;

    /// <summary>The password is right, and the account has a second factor: see <see cref="SecondStep"/>.</summary>
    public sealed record NeedsCode : PasswordSignInResult;

    /// <summary>The password is right, and the account is switched off.</summary>
    public sealed record SwitchedOff : PasswordSignInResult;

    /// <summary>The password was not looked at: too many attempts have failed.</summary>
    /// <param name="Delay">After this one may try again.</param>
    public sealed record TooManyFailures(TimeSpan Delay) : PasswordSignInResult;

    /// <summary>The password was not looked at: too many others are being checked.</summary>
    public sealed record Busy : PasswordSignInResult;
}
