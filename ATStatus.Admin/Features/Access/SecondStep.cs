using System.Security.Claims;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>
/// What follows the right password of an account that has an authenticator: a code of it, or a recovery code. In between a cookie says whose password
/// was right, for a few minutes, and opens nothing.
/// </summary>
internal sealed partial class SecondStep(
    UserManager<User> users, SecondFactorService factors, SessionSignIn session, SignInThrottle throttle, PasswordChecks checks, KnownBrowsers browsers,
    SignInFailures failures, ILogger<SecondStep> logger)
{
    private const string StampClaim = "stamp";

    /// <summary>Begins it, for who has shown the password.</summary>
    public static Task BeginAsync(HttpContext context, User user) => context.SignInAsync(
        IdentityConstants.TwoFactorUserIdScheme,
        new ClaimsPrincipal(new ClaimsIdentity(
            [new Claim(ClaimTypes.Name, user.Id.ToString()), new Claim(StampClaim, KnownBrowsers.StampOf(user))], IdentityConstants.TwoFactorUserIdScheme)));

    /// <summary>Whose turn it is; null where nobody has shown a password here lately, or the account has changed since.</summary>
    public async Task<User?> FindAsync(HttpContext context)
    {
        var ticket = await context.AuthenticateAsync(IdentityConstants.TwoFactorUserIdScheme);
        return ticket.Principal?.Identity?.Name is { } id && await users.FindByIdAsync(id) is { IsOn: true, TwoFactorEnabled: true } user
            && ticket.Principal.FindFirst(StampClaim)?.Value == KnownBrowsers.StampOf(user)
            ? user
            : null;
    }

    /// <summary>Tries a code as it was typed, and signs in if it is right.</summary>
    public async Task<PasswordSignInResult> TryAsync(HttpContext context, User user, string code, bool isRecovery)
    {
        // A code has six digits: guessing is slow by account, whichever browser guesses, and a known one is counted apart.
        SignInKey[] keys = browsers.Find(context, user) is { } known
            // Not that of its passwords: a right one would forgive the wrong codes.
            ? [SignInKey.Account($"{user.Id:N} code {known:N}")]
            : [SignInKey.Account($"{user.Id:N} code"), SignInKey.Address(context.Connection.RemoteIpAddress)];
        bool right;
        using (var place = await checks.EnterAsync(context, trusted: true))
        {
            if (!place.IsAcquired)
                return new PasswordSignInResult.Busy();
            if (throttle.Count(keys) is var wait && wait > TimeSpan.Zero)
                return new PasswordSignInResult.TooManyFailures(wait);
            var typed = SecondFactorService.Digits(code);
            right = typed.Length is > 0 and < 40 && (isRecovery
                ? (await users.RedeemTwoFactorRecoveryCodeAsync(user, typed)).Succeeded
                : await factors.UseCodeAsync(user.Id, typed, context.RequestAborted));
        }
        if (!right)
        {
            LogFailed(context.Connection.RemoteIpAddress?.ToString() ?? "an unknown address");
            await failures.CountAsync(context, user);
            return new PasswordSignInResult.Wrong();
        }
        throttle.Succeeded(keys);
        await context.SignOutAsync(IdentityConstants.TwoFactorUserIdScheme);
        if (!await session.BeginAsync(context, user, isStrong: true))
            return new PasswordSignInResult.Wrong();
        browsers.Remember(context, user);
        return new PasswordSignInResult.Succeeded();
    }

    [LoggerMessage(LogLevel.Information, "An attempt to sign in from {Address} had the right password and a wrong code.")]
    private partial void LogFailed(string address);
}
