using System.Net;
using ATStatus.Tests.Support;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Access;

/// <summary>A stranger asks for every mapped route. A new route is covered by being mapped.</summary>
public sealed class AnonymousRouteTests(SharedConsole shared)
{
    /// <summary>What a stranger may have. Think twice before adding to it.</summary>
    private static readonly string[] Open =
    [
        "/login", "/setup", "/reset-password", "/healthz/live", "/healthz/ready", "/error", "/not-found", "/status/{Code:int}",
        "/events/asyncapi.json", "/events/{type}.schema.json",
        "/api/v1/openapi.json", "/api/docs", "/api/docs/start.js", "/api/docs/reader.js", "/invite", "/account/renew", "/login/passkey/options", "/login/passkey/",
    ];

    [Fact]
    public async Task Every_route_but_the_open_ones_refuses_a_stranger()
    {
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        var routes = RoutesOf(app).Where(r => r.Metadata.GetMetadata<StaticAssetDescriptor>() is null).ToList();
        var open = new HashSet<string>();
        var wrong = new List<string>();
        foreach (var route in routes)
        {
            var pattern = "/" + route.RoutePattern.RawText!.TrimStart('/');
            if (Open.Contains(pattern, StringComparer.OrdinalIgnoreCase))
            {
                open.Add(pattern);
                continue;
            }
            foreach (var method in MethodsOf(route))
            {
                using var request = new HttpRequestMessage(new HttpMethod(method), AddressOf(route.RoutePattern));
                using var response = await stranger.SendAsync(request, TestContext.Current.CancellationToken);
                if (!IsRefused(response))
                    wrong.Add($"{method} {pattern} answered {(int)response.StatusCode}");
            }
        }
        Assert.Empty(wrong);
        // The walk saw the places that must be there, and the list has no entry that covers nothing.
        Assert.Equal(Open.Length, open.Count);
        Assert.Contains(routes, r => r.RoutePattern.RawText!.TrimStart('/').StartsWith("hangfire", StringComparison.Ordinal));
        Assert.Contains(routes, r => r.RoutePattern.RawText!.TrimStart('/').StartsWith("admin", StringComparison.Ordinal));
        Assert.Contains(routes, r => r.RoutePattern.RawText!.TrimStart('/').StartsWith("_blazor", StringComparison.Ordinal));
        // Refused like the others, but by a status alone: a scraper follows no redirect to a page.
        Assert.Contains(routes, r => r.RoutePattern.RawText == "/metrics");
        using var metrics = await stranger.GetAsync("metrics", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.Unauthorized, metrics.StatusCode);
    }

    [Fact]
    public async Task Static_assets_are_open_and_hold_no_page()
    {
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        var assets = RoutesOf(app).Where(r => r.Metadata.GetMetadata<StaticAssetDescriptor>() is not null).Select(r => r.RoutePattern.RawText!).ToList();
        Assert.Contains(assets, a => a.Contains("MudBlazor.min.css", StringComparison.Ordinal));
        Assert.DoesNotContain(assets, a => a.EndsWith(".html", StringComparison.Ordinal) || a.EndsWith(".db", StringComparison.Ordinal));
        var script = assets.First(a => a.Contains("blazor.web", StringComparison.Ordinal) && a.EndsWith(".js", StringComparison.Ordinal));
        using var response = await stranger.GetAsync(script, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    [Fact]
    public async Task An_address_that_is_mapped_nowhere_says_so_only_to_who_is_signed_in()
    {
        var app = await shared.AppAsync();
        using var stranger = app.CreateClient();
        using var refused = await stranger.GetAsync("admin/nothing-here", TestContext.Current.CancellationToken);
        Assert.True(IsRefused(refused));

        using var admin = await app.SignedInAsync();
        using var missing = await admin.GetAsync("admin/nothing-here", TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("Page not found", await missing.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    private static IEnumerable<RouteEndpoint> RoutesOf(ConsoleApp app) =>
        app.Services.GetRequiredService<EndpointDataSource>().Endpoints.OfType<RouteEndpoint>();

    private static bool IsRefused(HttpResponseMessage response) => response.StatusCode switch
    {
        HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden => true,
        HttpStatusCode.Redirect => response.Headers.Location!.OriginalString is "/login" or ['/', 'l', 'o', 'g', 'i', 'n', '?', ..],
        _ => false,
    };

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint route) =>
        route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods ? methods : ["GET", "POST"];

    /// <summary>The pattern with a 1 in each parameter, which suits numbers and texts; catch-alls stay empty.</summary>
    private static string AddressOf(RoutePattern pattern) => string.Join('/', pattern.PathSegments
        .Select(segment => string.Concat(segment.Parts.Select(part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content,
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart { IsCatchAll: true } => "",
            RoutePatternParameterPart { ParameterPolicies: var policies } when policies.Any(p => p.Content == "guid") => Guid.Empty.ToString(),
            _ => "1",
        }))));
}
