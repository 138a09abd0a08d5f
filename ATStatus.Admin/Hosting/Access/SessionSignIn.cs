using System.Security.Claims;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>Begins and ends the session of a browser: the row, and the cookie with its number.</summary>
internal sealed class SessionSignIn(SessionStore store)
{
    /// <summary>
    /// Signs an account in, as it was read for the proof, by more than a password or not (<see cref="Session.IsStrong"/>). Who was signed in here before is
    /// signed out.
    /// </summary>
    /// <returns>False where what was proved counts no longer: the account has changed since it was read, or is off.</returns>
    public async Task<bool> BeginAsync(HttpContext context, User user, bool isStrong = false)
    {
        var earlier = context.User;
        var address = SessionPrincipal.AddressOf(context);
        using var actor = AuditActor.Use(AuditActor.OfUser(user.Id, user.Email ?? "", address));
        if (await store.BeginAsync(user, address, DeviceName.Of(context.Request.Headers.UserAgent.ToString()), isStrong, context.RequestAborted) is not { } session)
            return false;
        // Neither idle time nor lifetime is the cookie's to decide: the row ends.
        await context.SignInAsync(IdentityConstants.ApplicationScheme, SessionPrincipal.Ticket(session), new AuthenticationProperties { ExpiresUtc = session.EndsAt });
        await EndAsync(earlier);
        return true;
    }

    /// <summary>Signs out on the server, and here.</summary>
    public async Task EndAsync(HttpContext context)
    {
        await EndAsync(context.User);
        await context.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    private async Task EndAsync(ClaimsPrincipal user)
    {
        if (SessionPrincipal.SessionOf(user) is { } session && SessionPrincipal.UserOf(user) is { } id)
            await store.EndAsync(id, session, CancellationToken.None);
    }
}
