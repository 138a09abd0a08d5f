using ATStatus.Admin.Hosting.Configuration;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>
/// Who may talk to the pages' connections (<c>/_blazor</c>). Browsers let any site open a web socket and send its cookies along; only
/// the <c>Origin</c> says which site it was.
/// </summary>
internal static partial class CircuitOrigin
{
    private const int MostWarnings = 10;

    /// <summary>
    /// Answers 403 to a foreign origin, to <c>null</c> and to what is no origin. What has none comes from no foreign site and goes on. Stands
    /// behind routing, so that whatever leads to a circuit's endpoint is checked.
    /// </summary>
    public static void RefuseForeignOrigins(this WebApplication app, HostingSettings hosting)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(CircuitOrigin).FullName!);
        var warned = new FirstSeen(MostWarnings, app.Services.GetRequiredService<TimeProvider>());
        app.Use((context, next) =>
        {
            if (!IsForCircuit(context) || IsOwn(context.Request, hosting.PublicUrl, out var foreign))
                return next(context);
            if (foreign is not null && warned.IsFirst(foreign.Host))
                LogRefused(logger, foreign.Host, context.Request.Host);
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return context.Response.WriteAsync("This origin is not the console's.", context.RequestAborted);
        });
    }

    private static bool IsForCircuit(HttpContext context) =>
        context.Request.Path.StartsWithSegments("/_blazor")
        || (context.GetEndpoint() is RouteEndpoint { RoutePattern.RawText: { } pattern }
            && pattern.TrimStart('/').StartsWith("_blazor", StringComparison.OrdinalIgnoreCase));

    private static bool IsOwn(HttpRequest request, Uri? publicUrl, out WebOrigin? foreign)
    {
        foreign = null;
        if (request.Headers.Origin.Count == 0)
            return true;
        if (request.Headers.Origin is not [{ } text] || !WebOrigin.TryParse(text, out var origin))
            return false;
        if (publicUrl is not null && origin.IsOf(publicUrl.HostNameType == UriHostNameType.IPv6 ? publicUrl.Host : publicUrl.IdnHost, publicUrl.Port))
            return true;
        if (request.Host.HasValue && origin.IsOf(request.Host.Host, request.Host.Port))
            return true;
        foreign = origin;
        return false;
    }

    [LoggerMessage(LogLevel.Warning, "A page of {Origin} may not connect to this console, which was asked for as {Host}. If that page is this console's own, set Hosting:PublicUrl.")]
    private static partial void LogRefused(ILogger logger, string origin, HostString host);
}
