using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.Net.Http.Headers;

namespace ATStatus.Admin.Api.Http;

/// <summary>
/// A POST with an <c>Idempotency-Key</c> is carried out once, however often it is sent: sent again within a day it is answered as before. That it was
/// carried out is written with its change, so that a crash in between makes nothing twice.
/// </summary>
internal static class Idempotency
{
    public const string Header = "Idempotency-Key";
    public const string ReplayedHeader = "Idempotent-Replayed";

    private const int MostKeyLength = 255;

    /// <summary>What of an answer is kept beside its body.</summary>
    private static readonly string[] KeptHeaders = [HeaderNames.ContentType, HeaderNames.Location, HeaderNames.ETag, WriteFilter.EventIds];

    /// <summary>Stands behind the authorization: who may not write gets no answer of somebody else's.</summary>
    public static void UseIdempotency(this WebApplication app)
    {
        var store = app.Services.GetRequiredService<IdempotencyStore>();
        app.Use((context, next) => IsFor(context) ? AnswerAsync(context, next, store) : next(context));
    }

    private static bool IsFor(HttpContext context) =>
        HttpMethods.IsPost(context.Request.Method) && context.Request.Headers[Header].Count > 0
        && context.GetEndpoint()?.Metadata.GetMetadata<ApiOperation>() is { IsWrite: true } && !context.IsPreview();

    private static async Task AnswerAsync(HttpContext context, RequestDelegate next, IdempotencyStore store)
    {
        if (context.Request.Headers[Header] is not [{ Length: > 0 and <= MostKeyLength } name] || context.Features.Get<ApiKey>() is not { } key)
        {
            await ApiProblem.WriteAsync(context, StatusCodes.Status400BadRequest, $"{Header} takes one text of at most {MostKeyLength} characters.");
            return;
        }
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        body.Position = 0;
        context.Request.Body = body;
        switch (await store.BeginAsync(HashOf(context, key, name), HashOf(context, body), context.RequestAborted))
        {
            case IdempotencyTurn.Begun { Request: var request }:
                await CarryOutAsync(context, next, store, request);
                break;
            case IdempotencyTurn.Repeated { Answer: var answer }:
                await RepeatAsync(context, answer);
                break;
            case IdempotencyTurn.OtherRequest:
                await ApiProblem.WriteAsync(context, StatusCodes.Status422UnprocessableEntity, $"This {Header} was used for another request. Take a new one.");
                break;
            case IdempotencyTurn.UnderWay:
                context.Response.Headers.RetryAfter = "1";
                await ApiProblem.WriteAsync(context, StatusCodes.Status409Conflict, $"A request with this {Header} is under way. Send it again for its answer.");
                break;
            default:
                await ApiProblem.WriteAsync(context, StatusCodes.Status409Conflict, $"The request with this {Header} was carried out, and its answer was lost. Look at what it changed.");
                break;
        }
    }

    private static async Task CarryOutAsync(HttpContext context, RequestDelegate next, IdempotencyStore store, IdempotentRequest request)
    {
        // The first answer is whole although its caller has gone: it is kept for the repeat.
        var aborted = context.RequestAborted;
        context.RequestAborted = CancellationToken.None;
        var sent = context.Response.Body;
        using var answer = new MemoryStream();
        context.Response.Body = answer;
        try
        {
            using (store.Mark(request))
                await ApiFailures.AnswerAsync(context, next);
        }
        finally
        {
            context.Response.Body = sent;
            context.RequestAborted = aborted;
        }
        var status = context.Response.StatusCode;
        if (status is >= 500 or StatusCodes.Status401Unauthorized or StatusCodes.Status403Forbidden or StatusCodes.Status429TooManyRequests)
            await store.ForgetAsync(request);
        else
            await store.AnswerAsync(request, new StoredAnswer(status, HeadersOf(context), answer.ToArray()));
        answer.Position = 0;
        await answer.CopyToAsync(sent, context.RequestAborted);
    }

    private static async Task RepeatAsync(HttpContext context, StoredAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        foreach (var line in answer.Headers.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var colon = line.IndexOf(": ", StringComparison.Ordinal);
            context.Response.Headers[line[..colon]] = line[(colon + 2)..];
        }
        context.Response.Headers[ReplayedHeader] = "true";
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(answer.Body, context.RequestAborted);
    }

    private static string HeadersOf(HttpContext context) => string.Join(
        '\n', KeptHeaders.Where(name => context.Response.Headers[name].Count > 0).Select(name => $"{name}: {context.Response.Headers[name]}"));

    private static byte[] HashOf(HttpContext context, ApiKey key, string name) => SHA256.HashData(
        Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{key.Id}\n{context.Request.Path.Value}\n{name}")));

    private static byte[] HashOf(HttpContext context, MemoryStream body)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes(context.Request.QueryString.Value ?? ""));
        hash.AppendData([0]);
        hash.AppendData(body.GetBuffer().AsSpan(0, (int)body.Length));
        return hash.GetHashAndReset();
    }
}
