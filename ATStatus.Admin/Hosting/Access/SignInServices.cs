using ATStatus.Admin.Features.Access;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Admin.Hosting.Http;
using ATStatus.Core.Access;
using ATStatus.Core.Access.Passwords;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Identity;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>Accounts, cookies, and who may go where.</summary>
internal static class SignInServices
{
    /// <summary>Adds Identity on the console's context with cookies of this host, and the policies.</summary>
    public static IServiceCollection AddSignIn(this IServiceCollection services, HostingSettings hosting)
    {
        services.AddDataProtection().SetApplicationName("ATStatus.Admin").PersistKeysToDbContext<AtStatusDbContext>();
        services.AddAccounts();
        services.AddCookies(hosting);
        services.AddPasskeys(hosting);
        var policies = services.AddAuthorizationBuilder()
            .AddPolicy(Policies.Console, policy => policy.RequireAuthenticatedUser().RequireAssertion(context => !SessionPrincipal.MustAddSecondFactor(context.User)))
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var right in Enum.GetValues<Right>())
            policies.AddPolicy(right.ToString(), policy => policy.RequireAssertion(context => SessionPrincipal.Has(context.User, right)));
        services.AddCircuitSessions();

        services.AddSingleton<SignInThrottle>();
        services.AddSingleton<PasswordChecks>();
        services.AddSingleton<KnownBrowsers>();
        services.AddSingleton<StrangerPages>();
        services.AddSingleton<SignInFailures>();
        services.AddScoped<PasswordSignIn>();
        services.AddScoped<SecondStep>();
        services.AddSingleton<PasswordResets>();
        services.AddSingleton<PasswordLinks>();
        services.AddSingleton<SessionRenewal>();
        services.AddScoped<OwnPassword>();
        services.AddSingleton<SetupTokens>();
        services.AddScoped<SessionSignIn>();
        return services;
    }

    /// <summary>Lets what a request changes be its user's, its key's or a visitor's in the audit trail. Stands behind the authentication, that of the API included.</summary>
    public static void UseAuditActor(this WebApplication app) => app.Use(async (context, next) =>
    {
        var address = SessionPrincipal.AddressOf(context);
        var actor = context.Features.Get<ApiKey>() is { } key ? AuditActor.OfKey(key.Id, key.Name, address)
            : SessionPrincipal.UserOf(context.User) is { } id ? AuditActor.OfUser(id, context.User.Identity?.Name ?? "", address)
            : AuditActor.Visitor(address);
        using (AuditActor.Use(actor))
            await next(context);
    });

    private static void AddCircuitSessions(this IServiceCollection services)
    {
        services.AddSingleton<CircuitRegistry>();
        services.AddHostedService<SessionWatch>();
        services.AddScoped<CurrentUser>();
        services.AddScoped(typeof(Permitted<>));
        services.AddScoped(provider => new OwnSessions(
            provider.GetRequiredService<SessionStore>(), provider.GetRequiredService<CircuitAuthentication>(), provider.GetRequiredService<CurrentUser>()));
        services.AddScoped<CircuitAuthentication>();
        services.AddScoped<AuthenticationStateProvider>(provider => provider.GetRequiredService<CircuitAuthentication>());
        services.AddScoped<CircuitHandler, SessionGate>();
    }

    private static void AddAccounts(this IServiceCollection services)
    {
        services.AddIdentityCore<User>(options =>
            {
                options.User.RequireUniqueEmail = true;
                // An e-mail address is the user name, whatever characters it has.
                options.User.AllowedUserNameCharacters = "";
                options.Password.RequiredLength = PasswordRules.MinLength;
                options.Password.RequiredUniqueChars = 1;
                options.Password.RequireDigit = false;
                options.Password.RequireLowercase = false;
                options.Password.RequireUppercase = false;
                options.Password.RequireNonAlphanumeric = false;
                // Strangers could lock anybody out: the throttle makes them wait instead.
                options.Lockout.AllowedForNewUsers = false;
            })
            .AddPasswordValidator<PasswordRules>()
            .AddRoles<Role>()
            .AddEntityFrameworkStores<AtStatusDbContext>()
            .AddUserStore<ConsoleUserStore>()
            .AddSignInManager()
            .AddDefaultTokenProviders();
    }

    private static void AddCookies(this IServiceCollection services, HostingSettings hosting)
    {
        services.AddAuthentication(IdentityConstants.ApplicationScheme).AddIdentityCookies();
        services.ConfigureApplicationCookie(options =>
        {
            options.Cookie.HttpOnly = true;
            options.Cookie.SameSite = SameSiteMode.Lax;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
            options.Cookie.Path = hosting.CookiePath;
            options.SlidingExpiration = false;
            options.Events.OnValidatePrincipal = ValidateAsync;
            options.Events.OnRedirectToLogin = SendToLogin;
            // The small page is made by the status code pages: a redirect could go round for ever.
            options.Events.OnRedirectToAccessDenied = context =>
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return Task.CompletedTask;
            };
        });
        services.AddAntiforgery(options =>
        {
            // One cookie for the site: left to itself the dashboard would add a second of the same name for its own path.
            options.Cookie.Path = hosting.CookiePath;
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.Cookie.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
        // Known only when the database has been opened, which is before the first request.
        services.AddSingleton<CookieNames>();
        services.AddOptions<CookieAuthenticationOptions>(IdentityConstants.ApplicationScheme).Configure<CookieNames>((options, names) => options.Cookie.Name = names.Session);
        services.AddOptions<AntiforgeryOptions>().Configure<CookieNames>((options, names) => options.Cookie.Name = names.Form);
        foreach (var scheme in (string[])[IdentityConstants.ExternalScheme, IdentityConstants.TwoFactorRememberMeScheme, IdentityConstants.TwoFactorUserIdScheme])
            services.AddOptions<CookieAuthenticationOptions>(scheme).Configure<CookieNames>((options, names) => options.Cookie.Name = $"{names.Session}.{scheme}");
    }

    /// <summary>Lets nobody in whose session has ended, and says anew what everybody else may.</summary>
    private static async Task ValidateAsync(CookieValidatePrincipalContext context)
    {
        var sessions = context.HttpContext.RequestServices.GetRequiredService<SessionStates>();
        var id = SessionPrincipal.SessionOf(context.Principal);
        SessionPrincipal.SetTicket(context.HttpContext, id);
        if (id is not null && await sessions.UseAsync(id.Value, context.HttpContext.RequestAborted) is { } state)
        {
            context.ReplacePrincipal(SessionPrincipal.Of(state, SessionPrincipal.AddressOf(context.HttpContext)));
            return;
        }
        context.RejectPrincipal();
        await context.HttpContext.SignOutAsync(IdentityConstants.ApplicationScheme);
    }

    /// <summary>
    /// A page's stranger is redirected by a path alone, which holds behind any proxy; what scripts ask for gets 401.
    /// </summary>
    private static Task SendToLogin(RedirectContext<CookieAuthenticationOptions> context)
    {
        var request = context.Request;
        if (request.Headers.XRequestedWith == "XMLHttpRequest" || request.Path.StartsWithSegments("/_blazor"))
        {
            context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            return Task.CompletedTask;
        }
        var comesBack = HttpMethods.IsGet(request.Method) && request.Path.HasValue && request.Path != "/" && request.Path != "/logout";
        var query = comesBack ? QueryString.Create("returnUrl", request.Path + request.QueryString.ToUriComponent()) : default;
        context.Response.Redirect($"{request.PathBase.ToUriComponent()}/login{query.ToUriComponent()}");
        return Task.CompletedTask;
    }
}
