using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Support;

/// <summary>What a running console has mapped. A test that walks it covers a new route by its being mapped.</summary>
internal static class MappedRoutes
{
    /// <summary>Pages, forms, endpoints, the API, the dashboard, the circuits: each address that is no file.</summary>
    public static IReadOnlyList<MappedRoute> Of(ConsoleApp app) =>
        [.. Endpoints(app).Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is null).Select(e => new MappedRoute(e))];

    /// <summary>The files that are served.</summary>
    public static IReadOnlyList<RouteEndpoint> Files(ConsoleApp app) =>
        [.. Endpoints(app).Where(e => e.Metadata.GetMetadata<StaticAssetDescriptor>() is not null)];

    private static IEnumerable<RouteEndpoint> Endpoints(ConsoleApp app) =>
        app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();
}

/// <summary>A mapped address.</summary>
internal sealed record MappedRoute(RouteEndpoint Endpoint)
{
    /// <summary>With a slash at its beginning and none at its end: <c>/admin/incidents/{Id:int}</c>.</summary>
    public string Pattern { get; } = "/" + Endpoint.RoutePattern.RawText!.Trim('/');

    /// <summary>What it answers; GET and POST where it does not say.</summary>
    public IReadOnlyList<string> Methods { get; } = Endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET", "POST"];

    /// <summary>Methods and pattern: <c>GET,POST /login</c>.</summary>
    public string Name => $"{string.Join(',', Methods)} {Pattern}";

    /// <summary>The pattern with a 1 in each parameter, which suits numbers and texts; catch-alls stay empty.</summary>
    public string Address { get; } = string.Join('/', Endpoint.RoutePattern.PathSegments
        .Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart { ParameterPolicies: var policies } when policies.Any(p => p.Content == "file") => "no-such-file.txt",
            RoutePatternParameterPart { IsCatchAll: true } => "",
            RoutePatternParameterPart { ParameterPolicies: var policies } when policies.Any(p => p.Content == "guid") => Guid.Empty.ToString(),
            _ => "1",
        }))));
}
