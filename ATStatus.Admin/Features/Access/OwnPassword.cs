using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;

namespace ATStatus.Admin.Features.Access;

/// <summary>Changes the password of the person in front of a circuit. All sessions of the account end, and this browser goes on with another.</summary>
internal sealed class OwnPassword(
    PasswordService passwords, CurrentUser user, CircuitAuthentication circuit, PasswordChecks checks, SignInThrottle throttle, SessionRenewal renewal)
{
    public async Task<OwnPasswordResult> ChangeAsync(string current, string password)
    {
        if (user is not { Id: { } id, SessionId: { } session })
            return new OwnPasswordResult(Problem: "You are not signed in any more.");
        // Whoever sits at somebody else's open page does not guess any faster than a stranger.
        var key = SignInKey.Browser(id, session);
        string? problem;
        using var actor = AuditActor.Use(user.AuditActor);
        using (var place = await checks.EnterAsync(trusted: true, CancellationToken.None))
        {
            if (!place.IsAcquired)
                return new OwnPasswordResult(Problem: "The server is busy. Try again in a moment.");
            if (throttle.Count(key) is var wait && wait > TimeSpan.Zero)
                return new OwnPasswordResult(CurrentProblem: "Too many wrong passwords. Try again in a few minutes.");
            var isStrong = SessionPrincipal.IsStrong(user.Principal);
            // One that is too long is none that anybody has; of a new one, the rules say what is wrong.
            problem = current.Length <= PasswordSignIn.LongestPassword
                // The commit ends the session of this page: its next address is set before open pages are signalled.
                ? await passwords.ChangeAsync(id, current, password, changed => user.LeavesTo = renewal.PathFor(changed, session, isStrong))
                : PasswordService.WrongPassword;
        }
        if (problem is PasswordService.WrongPassword)
            return new OwnPasswordResult(CurrentProblem: "This is not your current password.");
        throttle.Succeeded(key);
        if (problem is null)
            return new OwnPasswordResult(Problem: "Someone else changed your account. Try again.");
        if (problem.Length > 0)
            return new OwnPasswordResult(PasswordProblem: problem);
        circuit.Use(null);
        return new OwnPasswordResult();
    }
}

/// <summary>What stood against the change; nothing where it was made.</summary>
/// <param name="CurrentProblem">What is wrong with the current password.</param>
/// <param name="PasswordProblem">What is wrong with the new one.</param>
/// <param name="Problem">What else.</param>
internal sealed record OwnPasswordResult(string? CurrentProblem = null, string? PasswordProblem = null, string? Problem = null);
