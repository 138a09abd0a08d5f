using ATStatus.Admin.Api.Http;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace ATStatus.Admin.Hosting.Http;

/// <summary>
/// How large a request's body may be. A larger one is a 413: at once where its length is announced, else as soon as it has grown too
/// long. Anybody can post to the static forms, which are a name and a password; what is typed or uploaded into the console's pages comes
/// through their circuit, in messages of at most <see cref="Circuit"/>.
/// </summary>
internal static class RequestBodyLimits
{
    /// <summary>Whatever has no limit of its own (bytes).</summary>
    public const int Program = 64 * 1024;

    /// <summary>The forms of static pages: sign-in, set-up and their like (bytes).</summary>
    public const int Form = 8 * 1024;

    /// <summary>What is sent to the API: the longest message, each of its characters written as an escape, and a component for each of hundreds (bytes).</summary>
    public const int Api = 256 * 1024;

    /// <summary>A circuit's messages, whichever way they come (bytes).</summary>
    public const int Circuit = 1024 * 1024;

    /// <summary>The server's own limit, for what is refused before a page is known.</summary>
    public static void LimitRequestBodies(this KestrelServerOptions kestrel) => kestrel.Limits.MaxRequestBodySize = Program;

    /// <summary>Sets the limits, and reads forms. Stands behind routing: the page says what may be sent to it.</summary>
    public static void UseRequestBodyLimits(this WebApplication app) => app.Use(async (context, next) =>
    {
        // The page of a failure is asked for with the body that was there before, and reads none.
        if (context.Features.Get<IExceptionHandlerFeature>() is not null || context.Features.Get<IStatusCodeReExecuteFeature>() is not null)
        {
            await next(context);
            return;
        }
        var isForm = context.IsStaticPage();
        long limit = isForm ? Form
            : context.Request.Path.StartsWithSegments("/_blazor") ? Circuit
            : context.Request.Path.StartsWithSegments(ApiGate.Path) ? Api
            : Program;
        if (context.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
            size.MaxRequestBodySize = limit;
        if (context.Request.ContentLength > limit)
        {
            Refuse(context, StatusCodes.Status413PayloadTooLarge);
            return;
        }
        try
        {
            // Here and not when the token is looked for, where a body that is too long would only be a form without a token.
            if (context.IsPage() && HttpMethods.IsPost(context.Request.Method) && context.Request.HasFormContentType && !await IsFormAsync(context))
                Refuse(context, StatusCodes.Status400BadRequest);
            else
                await next(context);
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e) when (!context.Response.HasStarted && !context.Request.Path.StartsWithSegments(ApiGate.Path))
        {
            Refuse(context, e.StatusCode);
        }
        catch (Exception e) when (IsGone(e))
        {
            // The sender is gone, or the console stops: no failure, and nobody to answer. The framework knows that too, but only once
            // RequestAborted has fired, which can be later than the read that fails.
            Refuse(context, StatusCodes.Status400BadRequest);
        }
    });

    private static bool IsGone(Exception? e) => e is not null && (e is ConnectionAbortedException or ConnectionResetException || IsGone(e.InnerException));

    /// <summary>Whether the request is for a page without a circuit.</summary>
    public static bool IsStaticPage(this HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<ExcludeFromInteractiveRoutingAttribute>() is not null;

    // Whatever page it is, a form that is posted to it is read by the framework.
    private static bool IsPage(this HttpContext context) => context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    private static async Task<bool> IsFormAsync(HttpContext context)
    {
        try
        {
            await context.Request.ReadFormAsync(context.RequestAborted);
            return true;
        }
        catch (Exception e) when (e is InvalidDataException or NotSupportedException or ArgumentException or (IOException and not Microsoft.AspNetCore.Http.BadHttpRequestException))
        {
            // Malformed, cut short, of a thousand fields, or in an encoding that is not supported. The page of the refusal asks for the form again.
            context.Features.Set<IFormFeature>(new FormFeature(FormCollection.Empty));
            return false;
        }
    }

    private static void Refuse(HttpContext context, int status)
    {
        if (context.Response.HasStarted)
            return;
        context.Response.StatusCode = status;
        // The rest of the body is not waited for.
        if (HttpProtocol.IsHttp11(context.Request.Protocol))
            context.Response.Headers.Connection = "close";
    }
}
