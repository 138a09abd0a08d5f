namespace ATStatus.Admin.Hosting.Http;

/// <summary>What comes while the console stops.</summary>
internal static class StoppingRequests
{
    /// <summary>
    /// Answers 503 once the console has begun to stop: a page whose connection was just closed connects again at once, and the server
    /// would wait for that connection until the host gives up.
    /// </summary>
    public static void RefuseWhileStopping(this WebApplication app)
    {
        var stopping = app.Lifetime.ApplicationStopping;
        app.Use(next => context =>
        {
            if (!stopping.IsCancellationRequested)
                return next(context);
            context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            context.Response.Headers.Connection = "close";
            return Task.CompletedTask;
        });
    }
}
