using ATStatus.Admin.Hosting.Jobs;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>The headers that tell browsers what the console's pages may do.</summary>
internal static class SecurityHeaders
{
    /// <summary>Sets them when a response starts, so that error pages, which begin anew, have them too.</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        // MudBlazor and the dashboard set style attributes. Blazor's circuit is a web socket to this host, which 'self'
        // covers; `dotnet watch` reloads the browser through one on another port.
        var connect = app.Environment.IsDevelopment() ? "'self' ws: wss:" : "'self'";
        var console = Policy("script-src 'self'", connect);
        // The dashboard's charts and pages are Hangfire's own, with small scripts in the page.
        var dashboard = Policy("script-src 'self' 'unsafe-inline'", connect);
        app.Use((context, next) =>
        {
            var isDashboard = context.Request.Path.StartsWithSegments(JobHosting.DashboardPath, StringComparison.OrdinalIgnoreCase);
            context.Response.OnStarting(static state =>
            {
                var (headers, policy) = ((IHeaderDictionary, string))state;
                headers.ContentSecurityPolicy = policy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "same-origin";
                headers.XFrameOptions = "DENY";
                return Task.CompletedTask;
            }, (context.Response.Headers, isDashboard ? dashboard : console));
            return next(context);
        });
    }

    private static string Policy(string scripts, string connect) => string.Join("; ",
        "default-src 'self'", scripts, "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", $"connect-src {connect}",
        "object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'", "form-action 'self'");
}
