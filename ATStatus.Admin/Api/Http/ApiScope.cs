using ATStatus.Admin.Api.Access;

namespace ATStatus.Admin.Api.Http;

/// <summary>What a key must be allowed to call an endpoint.</summary>
internal sealed record ApiScope(string Name);

/// <summary>Tells endpoints which scope they need.</summary>
internal static class ApiScopeExtensions
{
    /// <summary>Whoever calls it shows a key with this scope. Nobody else comes in, whoever is signed in.</summary>
    public static TBuilder Scope<TBuilder>(this TBuilder endpoint, string scope)
        where TBuilder : IEndpointConventionBuilder => endpoint
        .RequireAuthorization(policy => policy
            .AddAuthenticationSchemes(ApiKeyAuthentication.SchemeName).RequireAuthenticatedUser().RequireClaim(ApiKeyAuthentication.ScopeClaim, scope))
        .WithMetadata(new ApiScope(scope));

    /// <summary>Whether the key of this request has another scope as well.</summary>
    public static bool HasScope(this HttpContext context, string scope) => context.User.HasClaim(ApiKeyAuthentication.ScopeClaim, scope);
}
