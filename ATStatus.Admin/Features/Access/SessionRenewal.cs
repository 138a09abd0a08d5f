using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>
/// Gives the browser of a session another one, after its account's password was changed: who has a copy of the old cookie is out. A circuit
/// sets no cookies, so its page goes through this address, with a token for one browser and one minute.
/// </summary>
internal sealed class SessionRenewal(IDataProtectionProvider protection)
{
    /// <summary>Where it is, relative to the base path.</summary>
    public const string Path = "account/renew";

    // A new password takes away no second factor that was shown.
    private const string Strong = "strong";

    private static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);
    private readonly LinkTokens _tokens = new(protection, "ATStatus.SessionRenewal.v1");

    /// <summary>A path for the browser of this session, relative to the base path.</summary>
    /// <param name="user">The account with its new password: the path counts for no other.</param>
    public string PathFor(User user, Guid session, bool isStrong) =>
        $"{Path}?token={Uri.EscapeDataString(_tokens.Create($"{user.Id:N} {KnownBrowsers.StampOf(user)} {session:N} {(isStrong ? Strong : "")}", Lifetime))}";

    /// <summary>Maps the address.</summary>
    public static void Map(IEndpointRouteBuilder app) => app.MapGet($"/{Path}", async (
        HttpContext context, string? token, SessionRenewal renewal, UserManager<User> users, SessionSignIn session, KnownBrowsers browsers) =>
    {
        context.Response.Headers.CacheControl = "no-store";
        var root = context.Request.PathBase.ToUriComponent();
        // The session has ended; the cookie that named it is still the browser's, and nobody else's.
        if (renewal._tokens.Read(token)?.Split(' ') is not [var id, var stamp, var old, var strength] || SessionPrincipal.TicketOf(context)?.ToString("N") != old
            || await users.FindByIdAsync(id) is not { } user || KnownBrowsers.StampOf(user) != stamp || !await session.BeginAsync(context, user, strength == Strong))
            return Results.LocalRedirect($"{root}/login");
        browsers.Remember(context, user);
        return Results.LocalRedirect($"{root}/account?changed=password");
    }).AllowAnonymous();
}
