using Microsoft.AspNetCore.Http.Features;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>What comes while the console stops, and what is under way then.</summary>
internal static class StoppingRequests
{
    /// <summary>
    /// Answers 503 once the console has begun to stop: a page whose connection was just closed connects again at once, and the server
    /// would wait for that connection until the host gives up. Nor does it wait for requests that are still arriving, or for those of
    /// which the answer is read slowly: what the engine has begun to send needs none of them.
    /// </summary>
    public static void RefuseWhileStopping(this WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        stopping.Register(app.Services.GetRequiredService<OpenConnections>().Stop);
        app.Use(next => context =>
        {
            if (!stopping.IsCancellationRequested)
            {
                Follow(context);
                return next(context);
            }
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
    }

    /// <summary>The connection waits until the request is there, and again once it is answered.</summary>
    private static void Follow(HttpContext context)
    {
        if (context.Features.Get<OpenConnection>() is not { } connection)
            return;
        var hasArrived = !HasBody(context);
        if (hasArrived)
            connection.Begin();
        else
            context.Request.Body = new ArrivingBody(context.Request.Body, context.Request.ContentLength, () =>
            {
                hasArrived = true;
                connection.Begin();
            });
        context.Response.OnCompleted(() =>
        {
            if (hasArrived)
                connection.End();
            return Task.CompletedTask;
        });
    }

    // What becomes a web socket has no body to wait for.
    private static bool HasBody(HttpContext context) =>
        context.Features.Get<IHttpRequestBodyDetectionFeature>() is { CanHaveBody: true }
        && context.Features.Get<IHttpUpgradeFeature>() is not { IsUpgradableRequest: true }
        && context.Features.Get<IHttpExtendedConnectFeature>() is not { IsExtendedConnect: true };
}
