using System.Globalization;
using ATStatus.Admin.Api.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;

namespace ATStatus.Admin.Api.Http;

/// <summary>
/// The one way in under <c>/api</c>: a key first, then its limit, and only then whether there is anything at the address. What is open to all
/// says so itself.
/// </summary>
internal static class ApiGate
{
    /// <summary>Where the API is, below the path base.</summary>
    public const string Path = "/api";

    /// <summary>Stands behind the authentication and before the authorization, which would send a stranger to the sign-in page.</summary>
    public static void UseApiGate(this WebApplication app)
    {
        var limits = app.Services.GetRequiredService<ApiRateLimits>();
        app.Use((context, next) => context.Request.Path.StartsWithSegments(Path) ? PassAsync(context, next, limits) : next(context));
    }

    private static async Task PassAsync(HttpContext context, RequestDelegate next, ApiRateLimits limits)
    {
        var endpoint = context.GetEndpoint();
        if (endpoint?.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            await next(context);
            return;
        }
        var found = await context.AuthenticateAsync(ApiKeyAuthentication.SchemeName);
        if (!found.Succeeded || context.Features.Get<ApiKey>() is not { } key)
        {
            await context.ChallengeAsync(ApiKeyAuthentication.SchemeName);
            return;
        }
        context.User = found.Principal;
        if (limits.Take(key.Id) is { } limit && !Count(context, limit))
            return;
        if (endpoint is RouteEndpoint)
            await next(context);
        else if (endpoint?.RequestDelegate is { } otherMethod)
            await otherMethod(context);
        else
            context.Response.StatusCode = StatusCodes.Status404NotFound;
    }

    private static bool Count(HttpContext context, RateLimit limit)
    {
        var headers = context.Response.Headers;
        // When the answer starts: a problem takes everything back that was set before it.
        context.Response.OnStarting(() =>
        {
            headers["RateLimit-Limit"] = Text(limit.Limit);
            headers["RateLimit-Remaining"] = Text(limit.Remaining);
            headers["RateLimit-Reset"] = Text(limit.Reset);
            return Task.CompletedTask;
        });
        if (limit.IsAllowed)
            return true;
        headers.RetryAfter = Text(limit.Reset);
        context.Response.StatusCode = StatusCodes.Status429TooManyRequests;
        return false;
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
