using Microsoft.AspNetCore.Diagnostics;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>A page where a response would have had a status and no body.</summary>
internal static class StatusCodePages
{
    /// <summary>Makes the page for what people open; what they or scripts send keeps its bare status.</summary>
    public static void UseConsoleStatusCodePages(this WebApplication app)
    {
        app.UseStatusCodePagesWithReExecute("/status/{0}", createScopeForStatusCodePages: true);
        app.Use((context, next) =>
        {
            // The page would be asked for by the same method, and a POST without a form's token is a 400 of its own.
            var isOpened = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
            if (!isOpened && context.Features.Get<IStatusCodePagesFeature>() is { } pages)
                pages.Enabled = false;
            return next(context);
        });
    }
}
