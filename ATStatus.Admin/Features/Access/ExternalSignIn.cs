using ATStatus.Admin.Hosting.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Access;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Identity;
using Microsoft.IdentityModel.Protocols.OpenIdConnect;

namespace ATStatus.Admin.Features.Access;

/// <summary>
/// Sign-in with the identity provider of the configuration (OpenID Connect, code flow with PKCE). Whoever it names with a value that is mapped to a role
/// has an account from then on, and the role is what it says at each sign-in.
/// </summary>
internal static partial class ExternalSignIn
{
    public const string Scheme = "OpenIdConnect";

    private const string Begin = "/login/external", Done = "/login/external/done";

    /// <summary>Adds the handler where there is a provider.</summary>
    public static void AddExternalSignIn(this IServiceCollection services, OpenIdConnectSettings? provider)
    {
        if (provider is null)
            return;
        services.AddSingleton(provider);
        services.AddAuthentication().AddOpenIdConnect(Scheme, options =>
        {
            options.Authority = provider.Authority.AbsoluteUri;
            options.RequireHttpsMetadata = provider.Authority.Scheme == Uri.UriSchemeHttps;
            options.ClientId = provider.ClientId;
            options.ClientSecret = provider.ClientSecret;
            options.SignInScheme = IdentityConstants.ExternalScheme;
            options.ResponseType = OpenIdConnectResponseType.Code;
            // By query, so that the cookies in between need not be sent from other sites: those are refused without https.
            options.ResponseMode = OpenIdConnectResponseMode.Query;
            options.UsePkce = true;
            options.MapInboundClaims = false;
            options.GetClaimsFromUserInfoEndpoint = true;
            options.ClaimActions.MapJsonKey(provider.RoleClaim, provider.RoleClaim);
            options.ClaimActions.MapJsonKey("email", "email");
            options.ClaimActions.MapJsonKey("email_verified", "email_verified");
            options.Scope.Add("email");
            foreach (var cookie in (CookieBuilder[])[options.CorrelationCookie, options.NonceCookie])
                (cookie.SameSite, cookie.SecurePolicy) = (SameSiteMode.Lax, CookieSecurePolicy.SameAsRequest);
            options.Events.OnRemoteFailure = context =>
            {
                LogFailed(context.HttpContext.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ExternalSignIn)), context.Failure?.GetType().Name ?? "unknown");
                context.Response.Redirect($"{context.Request.PathBase.ToUriComponent()}/login?external=failed");
                context.HandleResponse();
                return Task.CompletedTask;
            };
        });
    }

    public static void MapExternalSignIn(this IEndpointRouteBuilder app, OpenIdConnectSettings? provider)
    {
        if (provider is null)
            return;
        app.MapGet(Begin, (HttpContext context, string? returnUrl) => Results.Challenge(
            new AuthenticationProperties
            {
                RedirectUri = $"{context.Request.PathBase.ToUriComponent()}{Done}{QueryString.Create("returnUrl", ReturnUrl.LocalOrOverview(returnUrl)).ToUriComponent()}",
            },
            [Scheme])).AllowAnonymous();
        app.MapGet(Done, FinishAsync).AllowAnonymous();
    }

    private static async Task<IResult> FinishAsync(
        HttpContext context, string? returnUrl, OpenIdConnectSettings provider, ExternalAccounts accounts, SessionSignIn session, KnownBrowsers browsers, SignInFailures failures)
    {
        var root = context.Request.PathBase.ToUriComponent();
        var external = await context.AuthenticateAsync(IdentityConstants.ExternalScheme);
        await context.SignOutAsync(IdentityConstants.ExternalScheme);
        if (external.Principal is not { } principal || principal.FindFirst("sub")?.Value is not { Length: > 0 and <= 256 } subject)
            return Results.LocalRedirect($"{root}/login?external=failed");
        var email = principal.FindFirst("email")?.Value?.Trim();
        var signIn = new ExternalIdentity(
            Key(provider), subject, email is not null && EmailAddress.IsValid(email) ? email : null,
            string.Equals(principal.FindFirst("email_verified")?.Value, "true", StringComparison.OrdinalIgnoreCase),
            provider.HighestRole(principal.FindAll(provider.RoleClaim).Select(c => c.Value)));
        if (await accounts.SignInAsync(signIn, context.RequestAborted) is not { } user)
        {
            // Which account it would have been is the provider's word.
            await failures.CountAsync(context, null);
            return Results.LocalRedirect($"{root}/login?external=refused");
        }
        if (!await session.BeginAsync(context, user, isStrong: true))
            return Results.LocalRedirect($"{root}/login?external=failed");
        browsers.Remember(context, user);
        return Results.LocalRedirect(root + ReturnUrl.LocalOrOverview(returnUrl));
    }

    // Identity's key of a provider has at most 128 characters.
    private static string Key(OpenIdConnectSettings provider) => provider.Authority.AbsoluteUri is var key && key.Length <= 128 ? key : key[..128];

    [LoggerMessage(LogLevel.Warning, "Signing in with the identity provider failed ({Failure}).")]
    private static partial void LogFailed(ILogger logger, string failure);
}
