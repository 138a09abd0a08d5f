using System.IO.Compression;
using Microsoft.Net.Http.Headers;
using Scalar.AspNetCore;

namespace ATStatus.Admin.Api.OpenApi;

/// <summary>
/// The page to read and try the API. All of it comes from here: the reader's script is the one that its package brings, and the page's own
/// script says that it asks nobody else for fonts, and no proxy.
/// </summary>
internal static class ApiDocsPage
{
    public const string Path = "/api/docs";
    private const string Script = "ScalarStaticAssets.scalar.js";

    private const string Page = """
        <!doctype html>
        <html lang="en">
        <head>
            <meta charset="utf-8">
            <meta name="viewport" content="width=device-width, initial-scale=1">
            <title>ATStatus API</title>
        </head>
        <body>
            <div id="app"></div>
            <noscript>This page needs JavaScript. The description itself is <a href="v1/openapi.json">v1/openapi.json</a>.</noscript>
            <script src="docs/reader.js"></script>
            <script src="docs/start.js"></script>
        </body>
        </html>
        """;

    private const string Start = """
        'use strict';
        Scalar.createApiReference('#app', {
          url: new URL('v1/openapi.json', document.baseURI).href,
          proxyUrl: '',
          withDefaultFonts: false,
          telemetry: false,
          hideClientButton: true,
          showDeveloperTools: 'never',
          agent: { disabled: true },
          mcp: { disabled: true },
          persistAuth: false,
          authentication: { preferredSecurityScheme: 'apiKey' },
          defaultOpenAllTags: false,
          documentDownloadType: 'json',
          customCss: ':root { --scalar-font: system-ui, sans-serif; --scalar-font-code: ui-monospace, monospace; }',
        });
        """;

    public static void Map(IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet(Path, () => Results.Text(Page, "text/html; charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet($"{Path}/start.js", () => Results.Text(Start, "text/javascript; charset=utf-8")).AllowAnonymous().ExcludeFromDescription();
        endpoints.MapGet($"{Path}/reader.js", Reader).AllowAnonymous().ExcludeFromDescription();
    }

    /// <summary>The package has it compressed, and nearly every browser takes it so.</summary>
    private static IResult Reader(HttpContext context)
    {
        var packed = typeof(ScalarOptions).Assembly.GetManifestResourceStream(Script) ?? throw new InvalidOperationException($"{Script} is not in the package.");
        var headers = context.Response.Headers;
        headers.Vary = HeaderNames.AcceptEncoding;
        headers.CacheControl = "public, max-age=86400";
        if (!context.Request.Headers.AcceptEncoding.ToString().Contains("gzip", StringComparison.OrdinalIgnoreCase))
            return Results.Stream(new GZipStream(packed, CompressionMode.Decompress), "text/javascript; charset=utf-8");
        headers.ContentEncoding = "gzip";
        return Results.Stream(packed, "text/javascript; charset=utf-8");
    }
}
