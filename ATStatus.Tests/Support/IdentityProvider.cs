using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using OpenIddict.Abstractions;
using OpenIddict.Server.AspNetCore;

namespace ATStatus.Tests.Support;

/// <summary>
/// A real OpenID Connect provider (OpenIddict's server) on loopback, with one client and one person, who is signed in there already: what it says of the
/// person is the test's to change.
/// </summary>
internal sealed class IdentityProvider : IAsyncDisposable
{
    public const string ClientId = "console";
    public const string ClientSecret = "a secret of the provider's";

    private readonly WebApplication _app;

    private IdentityProvider(WebApplication app) => _app = app;

    public string Subject { get; set; } = "subject-1";

    public string Email { get; set; } = "grace@example.com";

    public bool EmailVerified { get; set; } = true;

    public string[] Groups { get; set; } = [];

    /// <summary>Whether the person refuses at the provider's page.</summary>
    public bool Refuses { get; set; }

    public string Address => _app.Urls.First();

    /// <summary>The console's settings for it, with the claim <c>groups</c>.</summary>
    public Dictionary<string, string> Settings => new()
    {
        ["OpenIdConnect:Authority"] = Address,
        ["OpenIdConnect:ClientId"] = ClientId,
        ["OpenIdConnect:ClientSecret"] = ClientSecret,
        ["OpenIdConnect:Name"] = "Example SSO",
        ["OpenIdConnect:RoleClaim"] = "groups",
        ["OpenIdConnect:AdminValue"] = "status-admins",
        ["OpenIdConnect:EditorValue"] = "status-editors",
    };

    public static async Task<IdentityProvider> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        IdentityProvider? provider = null;
        builder.Services.AddOpenIddict().AddServer(options =>
        {
            options.SetAuthorizationEndpointUris("connect/authorize").SetTokenEndpointUris("connect/token");
            options.AllowAuthorizationCodeFlow().RequireProofKeyForCodeExchange();
            options.RegisterScopes("email", "profile");
            options.AddEphemeralEncryptionKey().AddEphemeralSigningKey();
            // Without a database: the client is known to these two handlers alone.
            options.EnableDegradedMode();
            options.UseAspNetCore().DisableTransportSecurityRequirement().EnableAuthorizationEndpointPassthrough();
            options.AddEventHandler<OpenIddict.Server.OpenIddictServerEvents.ValidateAuthorizationRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId)
                    context.Reject("invalid_client");
                return default;
            }));
            options.AddEventHandler<OpenIddict.Server.OpenIddictServerEvents.ValidateTokenRequestContext>(handler => handler.UseInlineHandler(context =>
            {
                if (context.ClientId != ClientId || context.ClientSecret != ClientSecret)
                    context.Reject("invalid_client");
                return default;
            }));
        });
        var app = builder.Build();
        app.UseAuthentication();
        app.MapGet("/connect/authorize", (HttpContext _) => provider!.Answer());
        provider = new IdentityProvider(app);
        await app.StartAsync();
        return provider;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private IResult Answer()
    {
        if (Refuses)
            return Results.Forbid(authenticationSchemes: [OpenIddictServerAspNetCoreDefaults.AuthenticationScheme]);
        var identity = new ClaimsIdentity("example", OpenIddictConstants.Claims.Name, OpenIddictConstants.Claims.Role);
        identity.SetClaim(OpenIddictConstants.Claims.Subject, Subject).SetClaim(OpenIddictConstants.Claims.Email, Email)
            .SetClaim(OpenIddictConstants.Claims.EmailVerified, EmailVerified).SetClaims("groups", [.. Groups]);
        var principal = new ClaimsPrincipal(identity);
        principal.SetScopes("openid", "email", "profile");
        principal.SetDestinations(_ => [OpenIddictConstants.Destinations.IdentityToken]);
        return Results.SignIn(principal, authenticationScheme: OpenIddictServerAspNetCoreDefaults.AuthenticationScheme);
    }
}
