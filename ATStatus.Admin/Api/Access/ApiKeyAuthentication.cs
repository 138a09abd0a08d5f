using System.Net.Http.Headers;
using System.Security.Claims;
using System.Text.Encodings.Web;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace ATStatus.Admin.Api.Access;

/// <summary>
/// Who calls the API: whoever shows a key as <c>Authorization: Bearer</c>. A cookie is not looked at, so that no page of somebody else's can
/// make a browser call it.
/// </summary>
internal sealed class ApiKeyAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory loggers, UrlEncoder encoder, ApiKeyUse keys)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    /// <summary>The scheme's name.</summary>
    public const string SchemeName = "ApiKey";

    /// <summary>The claim that names a scope.</summary>
    public const string ScopeClaim = "scope";

    /// <inheritdoc/>
    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (!AuthenticationHeaderValue.TryParse(Request.Headers.Authorization, out var header)
            || !string.Equals(header.Scheme, "Bearer", StringComparison.OrdinalIgnoreCase))
            return AuthenticateResult.NoResult();
        if (await keys.FindAsync(header.Parameter ?? "", Context.RequestAborted) is not { } key)
            return AuthenticateResult.Fail("The key is unknown, revoked or expired.");
        await keys.NoteAsync(key, Context.Connection.RemoteIpAddress?.ToString(), Context.RequestAborted);
        Context.Features.Set(key);
        var identity = new ClaimsIdentity(SchemeName, ClaimTypes.Name, ClaimTypes.Role);
        identity.AddClaim(new Claim(ClaimTypes.Name, NameOf(key)));
        identity.AddClaims(key.Scopes.Select(scope => new Claim(ScopeClaim, scope)));
        return AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(identity), SchemeName));
    }

    /// <inheritdoc/>
    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status401Unauthorized;
        Response.Headers.WWWAuthenticate = "Bearer realm=\"ATStatus API\"";
        return Task.CompletedTask;
    }

    /// <inheritdoc/>
    protected override Task HandleForbiddenAsync(AuthenticationProperties properties)
    {
        Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    /// <summary>How timelines name what a key does.</summary>
    public static string NameOf(ApiKey key) => $"API key {key.Name}";
}
