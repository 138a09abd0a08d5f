using Microsoft.AspNetCore.Http.Extensions;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>The address that a request says it was sent to. Pages, the error page among them, make URLs of it.</summary>
internal static class RequestAddress
{
    /// <summary>
    /// Answers 400 to a request of whose scheme, host and path no URL can be made, as <c>Host: x:99999</c>. Stands before whatever could show an
    /// error page, and behind what reads forwarded headers.
    /// </summary>
    public static void RefuseMalformedAddresses(this WebApplication app) => app.Use((context, next) =>
    {
        if (IsWhole(context.Request))
            return next(context);
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync("The Host header is not valid.", context.RequestAborted);
    });

    private static bool IsWhole(HttpRequest request)
    {
        try
        {
            // HTTP/1.0, which old load balancers speak when they ask for health, knows no Host.
            if (!request.Host.HasValue)
                return request.Path.StartsWithSegments("/healthz");
            if (!IsHttp(request.Scheme))
                return false;
            // As Blazor makes them.
            var root = UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, "/");
            return Uri.TryCreate(root, UriKind.Absolute, out var start) && start.Host.Length > 0
                && Uri.TryCreate(request.GetEncodedUrl(), UriKind.Absolute, out var whole) && start.IsBaseOf(whole);
        }
        catch (Exception e) when (e is ArgumentException or FormatException)
        {
            // An international host name that is none, as xn--a: the framework throws where the name is first read.
            return false;
        }
    }

    private static bool IsHttp(string scheme) =>
        scheme.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase) || scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
}
