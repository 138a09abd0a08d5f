using Microsoft.AspNetCore.Diagnostics;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>
/// Logs an unexpected failure under the reference that the error page shows, so that an operator finds one by the other.
/// The query is left out: a set-up link carries its token there.
/// </summary>
internal sealed partial class FailureLog(ILogger<FailureLog> logger) : IExceptionHandler
{
    /// <inheritdoc/>
    public ValueTask<bool> TryHandleAsync(HttpContext httpContext, Exception exception, CancellationToken cancellationToken)
    {
        LogFailure(exception, httpContext.TraceIdentifier, httpContext.Request.Method, httpContext.Request.Path);
        return ValueTask.FromResult(false);
    }

    [LoggerMessage(LogLevel.Error, "Reference {Reference}: {Method} {Path} failed.")]
    private partial void LogFailure(Exception e, string reference, string method, PathString path);
}
