using System.Text.Json;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Features.Access;

/// <summary>
/// What js/passkeys.js asks for: options for the browser's authenticator, and what it answered. JSON both ways, and only from this site's own scripts:
/// other sites cannot send the header that is demanded. In between a cookie keeps the challenge.
/// </summary>
internal static partial class Passkeys
{
    private const int LongestCredential = 16 * 1024;

    /// <summary>Adds Identity's handler with what the console asks of passkeys.</summary>
    public static void AddPasskeys(this IServiceCollection services, HostingSettings hosting) => services.Configure<IdentityPasskeyOptions>(options =>
    {
        // Found by the browser without a name being typed, and with a person who proved to be there: two factors in one.
        options.ResidentKeyRequirement = "required";
        options.UserVerificationRequirement = "required";
        // The name that browsers see, where a proxy hides it.
        options.ServerDomain = hosting.PublicUrl?.Host;
    });

    public static void MapPasskeys(this IEndpointRouteBuilder app)
    {
        var own = app.MapGroup("/account/passkeys").RequireAuthorization().AddEndpointFilter(DemandScript);
        own.MapPost("/options", OptionsToAddAsync);
        own.MapPost("", AddAsync);
        var login = app.MapGroup("/login/passkey").AllowAnonymous().AddEndpointFilter(DemandScript);
        login.MapPost("/options", async (SignInManager<User> signIn) => Results.Text(await signIn.MakePasskeyRequestOptionsAsync(null), "application/json"));
        login.MapPost("", SignInAsync);
    }

    private static async Task<IResult> OptionsToAddAsync(HttpContext context, SignInManager<User> signIn) =>
        await signIn.UserManager.FindByIdAsync(SessionPrincipal.UserOf(context.User)?.ToString() ?? "") is { } user
            ? Results.Text(
                await signIn.MakePasskeyCreationOptionsAsync(new PasskeyUserEntity { Id = user.Id.ToString(), Name = user.Email!, DisplayName = user.Email! }), "application/json")
            : Results.Unauthorized();

    private static async Task<IResult> AddAsync(HttpContext context, SignInManager<User> signIn, SecondFactorService factors, PasskeyAnswer answer)
    {
        var users = signIn.UserManager;
        if (await users.FindByIdAsync(SessionPrincipal.UserOf(context.User)?.ToString() ?? "") is not { } user)
            return Results.Unauthorized();
        if (answer.Credential is not { Length: > 0 and <= LongestCredential } || answer.Name is not { Length: > 0 and <= SecondFactorService.PasskeyNameLength })
            return Problem("The browser sent no passkey.");
        var session = SessionPrincipal.SessionOf(context.User);
        try
        {
            await factors.DemandAsync(user.Id, session);
        }
        catch (IllegalTransitionException e)
        {
            return Problem(e.Message);
        }
        // Null where there is no challenge to compare with: the cookie of the options has ended.
        if (await AttestAsync(signIn, answer.Credential) is not { Succeeded: true } attestation || attestation.UserEntity.Id != user.Id.ToString())
            return Problem("This passkey could not be verified. Try again.");
        attestation.Passkey.Name = answer.Name;
        if (!(await users.AddOrUpdatePasskeyAsync(user, attestation.Passkey)).Succeeded)
            return Problem("This passkey could not be stored. Try again.");
        await factors.ShownAsync(user.Id, session);
        return Results.Ok();
    }

    private static async Task<PasskeyAttestationResult?> AttestAsync(SignInManager<User> signIn, string credential)
    {
        try
        {
            return await signIn.PerformPasskeyAttestationAsync(credential);
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            return null;
        }
    }

    private static async Task<IResult> SignInAsync(
        HttpContext context, SignInManager<User> signIn, SignInThrottle throttle, SignInFailures failures, SessionSignIn session, KnownBrowsers browsers, PasskeyAnswer answer)
    {
        var key = SignInKey.Address(context.Connection.RemoteIpAddress);
        if (throttle.Count(key) is var wait && wait > TimeSpan.Zero)
            return Problem("Too many failed attempts. Try again later.", StatusCodes.Status429TooManyRequests);
        var assertion = answer.Credential is { Length: > 0 and <= LongestCredential } credential ? await AssertAsync(signIn, credential) : null;
        if (assertion is not { Succeeded: true, User: { } user })
        {
            await failures.CountAsync(context, assertion?.User);
            return Problem("This passkey is not known here. Sign in with your password.");
        }
        throttle.Succeeded(key);
        if (!user.IsOn)
        {
            await failures.CountAsync(context, user);
            return Problem("This account is switched off. Ask an administrator.");
        }
        // Its counter tells copies apart. Refused where the account or the passkey was changed meanwhile.
        if (!(await signIn.UserManager.AddOrUpdatePasskeyAsync(user, assertion.Passkey)).Succeeded || !await session.BeginAsync(context, user, isStrong: true))
            return Problem("Your account was changed in the meantime. Try again.");
        browsers.Remember(context, user);
        return Results.Json(new { goesTo = context.Request.PathBase.ToUriComponent() + ReturnUrl.LocalOrOverview(answer.ReturnUrl) });
    }

    private static async Task<PasskeyAssertionResult<User>?> AssertAsync(SignInManager<User> signIn, string credential)
    {
        try
        {
            return await signIn.PerformPasskeyAssertionAsync(credential);
        }
        catch (Exception e) when (e is InvalidOperationException or JsonException)
        {
            // Without the cookie of the options there is no challenge to compare with.
            return null;
        }
    }

    private static async ValueTask<object?> DemandScript(EndpointFilterInvocationContext call, EndpointFilterDelegate next)
    {
        call.HttpContext.Response.Headers.CacheControl = "no-store";
        return call.HttpContext.Request.Headers.XRequestedWith == "XMLHttpRequest" ? await next(call) : Results.StatusCode(StatusCodes.Status403Forbidden);
    }

    private static IResult Problem(string text, int status = StatusCodes.Status422UnprocessableEntity) => Results.Json(new { problem = text }, statusCode: status);
}

/// <summary>What the browser's authenticator answered.</summary>
/// <param name="Credential">The credential as JSON, as <c>PublicKeyCredential.toJSON()</c> writes it.</param>
/// <param name="Name">What its owner calls it; when one is added.</param>
/// <param name="ReturnUrl">Where the sign-in leads to; when one signs in.</param>
internal sealed record PasskeyAnswer(string? Credential, string? Name, string? ReturnUrl);
