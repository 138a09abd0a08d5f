using System.Globalization;
using Microsoft.AspNetCore.HttpsPolicy;
using Microsoft.Extensions.Options;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>The headers that tell browsers what the console's pages, Hangfire's included, may do.</summary>
internal static class SecurityHeaders
{
    /// <summary>
    /// Sets them when a response starts, so that error pages and the API's problems, which begin anew, have them too. The framework's own middleware
    /// for HSTS would set its header earlier, and lose it there.
    /// </summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        // Blazor's circuit is a web socket to this host, which 'self' covers; `dotnet watch` reloads the browser through
        // one on another port. MudBlazor and the dashboard set style attributes; neither has a script in its pages.
        var connect = app.Environment.IsDevelopment() ? "'self' ws: wss:" : "'self'";
        var policy = string.Join("; ",
            "default-src 'self'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", $"connect-src {connect}",
            "object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'", "form-action 'self'");
        var hsts = app.Environment.IsDevelopment() ? null : app.Services.GetRequiredService<IOptions<HstsOptions>>().Value;
        app.Use((context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = policy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "same-origin";
                headers.XFrameOptions = "DENY";
                // What may be kept says so. Whatever else is answered is for one person at one moment.
                if (headers.CacheControl.Count == 0)
                    headers.CacheControl = "no-store";
                if (hsts is not null && context.Request.IsHttps && !hsts.ExcludedHosts.Contains(context.Request.Host.Host, StringComparer.OrdinalIgnoreCase))
                    headers.StrictTransportSecurity = string.Create(CultureInfo.InvariantCulture, $"max-age={hsts.MaxAge.TotalSeconds:0}");
                return Task.CompletedTask;
            });
            return next(context);
        });
    }
}
