using System.Net.Http.Headers;
using System.Security.Claims;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace ATStatus.Admin.Hosting.Telemetry;

/// <summary>
/// Who asks for the metrics: a scraper by its token, or, where there is none in the request, whoever has signed in. Scrapers follow no
/// redirects to a page: strangers get 401, and nothing but the status.
/// </summary>
internal sealed class MetricsAuthentication(
    IOptionsMonitor<MetricsAuthenticationOptions> options, ILoggerFactory loggers, UrlEncoder encoder)
    : AuthenticationHandler<MetricsAuthenticationOptions>(options, loggers, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "Metrics";

    private const string Scraper = "MetricsScraper";

    /// <summary>Administrators and scrapers.</summary>
    public static void Allow(AuthorizationPolicyBuilder policy) =>
        policy.AddAuthenticationSchemes(SchemeName)
            .RequireAssertion(context => context.User.IsInRole(Scraper) || SessionPrincipal.Has(context.User, Right.Administer));

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header)
            || !string.Equals(header.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase))
            return await Context.AuthenticateAsync(IdentityConstants.ApplicationScheme);
        if (Options.Token is not { } token || !IsSame(header.Parameter ?? "", token))
            return AuthenticateResult.Fail("The token is wrong.");
        var identity = new ClaimsIdentity([new Claim(ClaimTypes.Role, Scraper)], SchemeName);
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.Headers[HeaderNames.WWWAuthenticate] = "Bearer";
        return RefuseAsync(StatusCodes.Status401Unauthorized);
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => RefuseAsync(StatusCodes.Status403Forbidden);

    private Task RefuseAsync(int status)
    {
        Response.StatusCode = status;
        if (Context.Features.Get<IStatusCodePagesFeature>() is { } pages)
            pages.Enabled = false;
        return Task.CompletedTask;
    }

    /// <summary>In a time that tells neither where they differ nor how long the token is.</summary>
    private static bool IsSame(string given, string token) => CryptographicOperations.FixedTimeEquals(
        SHA256.HashData(Encoding.UTF8.GetBytes(given)), SHA256.HashData(Encoding.UTF8.GetBytes(token)));
}

/// <summary>The options of <see cref="MetricsAuthentication"/>.</summary>
internal sealed class MetricsAuthenticationOptions : AuthenticationSchemeOptions
{
    /// <summary>What a scraper shows; null where there is none.</summary>
    public string? Token { get; set; }
}
