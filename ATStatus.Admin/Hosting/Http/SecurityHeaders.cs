namespace ATStatus.Admin.Hosting.Http;

/// <summary>The headers that tell browsers what the console's pages, Hangfire's included, may do.</summary>
internal static class SecurityHeaders
{
    /// <summary>Sets them when a response starts, so that error pages, which begin anew, have them too.</summary>
    public static void UseSecurityHeaders(this WebApplication app)
    {
        // Blazor's circuit is a web socket to this host, which 'self' covers; `dotnet watch` reloads the browser through
        // one on another port. MudBlazor and the dashboard set style attributes; neither has a script in its pages.
        var connect = app.Environment.IsDevelopment() ? "'self' ws: wss:" : "'self'";
        var policy = string.Join("; ",
            "default-src 'self'", "script-src 'self'", "style-src 'self' 'unsafe-inline'", "img-src 'self' data:", $"connect-src {connect}",
            "object-src 'none'", "frame-ancestors 'none'", "base-uri 'self'", "form-action 'self'");
        app.Use((context, next) =>
        {
            context.Response.OnStarting(() =>
            {
                var headers = context.Response.Headers;
                headers.ContentSecurityPolicy = policy;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "same-origin";
                headers.XFrameOptions = "DENY";
                return Task.CompletedTask;
            });
            return next(context);
        });
    }
}
