using Microsoft.AspNetCore.Diagnostics;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>
/// Logs an unexpected failure under the reference that the error page shows, so that an operator finds one by the other.
/// The path is the one that was asked for, not the error page's. The query is left out: a set-up link carries its token there.
/// </summary>
internal sealed partial class FailureLog(ILogger<FailureLog> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        LogFailure(exception, httpContext.TraceIdentifier, httpContext.Request.Method, PathOf(httpContext));
        return ValueTask.FromResult(false);
    }

    // By now the request's own path is that of the page for errors, or before that of the page for a status.
    private static PathString PathOf(HttpContext context)
    {
        if (context.Features.Get<IStatusCodeReExecuteFeature>() is { } page)
            return new PathString(page.OriginalPathBase).Add(page.OriginalPath);
        return context.Request.PathBase.Add(context.Features.Get<IExceptionHandlerPathFeature>()?.Path ?? context.Request.Path);
    }

    [LoggerMessage(LogLevel.Error, "Reference {Reference}: {Method} {Path} failed.")]
    private partial void LogFailure(Exception e, string reference, string method, PathString path);
}
