using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.WebUtilities;

namespace ATStatus.Admin.Api.Http;

/// <summary>What the API answers instead of what was asked for (RFC 9457).</summary>
public sealed record ApiProblem
{
    public const string ContentType = "application/problem+json";

    /// <summary>Always <c>about:blank</c>: the status says what kind of problem it is.</summary>
    public string Type { get; init; } = "about:blank";

    /// <summary>The status in words.</summary>
    public required string Title { get; init; }

    /// <summary>The HTTP status.</summary>
    public required int Status { get; init; }

    /// <summary>What is wrong, for a person.</summary>
    public required string Detail { get; init; }

    /// <summary>Field to messages, where fields are wrong.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyDictionary<string, IReadOnlyList<string>>? Errors { get; init; }

    /// <summary>What the log calls an unexpected failure.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Reference { get; init; }

    /// <summary>Writes a problem as the answer; nothing where an answer has begun.</summary>
    public static async Task WriteAsync(
        HttpContext context, int status, string? detail = null, IReadOnlyDictionary<string, IReadOnlyList<string>>? errors = null, string? reference = null)
    {
        if (context.Response.HasStarted)
            return;
        var problem = new ApiProblem
        {
            Title = ReasonPhrases.GetReasonPhrase(status) is { Length: > 0 } phrase ? phrase : "Error",
            Status = status,
            Detail = detail ?? DetailOf(context, status),
            Errors = errors,
            Reference = reference,
        };
        context.Response.StatusCode = status;
        context.Response.ContentType = ContentType;
        context.Response.Headers.CacheControl = "no-store";
        await context.Response.Body.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(problem, ApiJson.Options), context.RequestAborted);
    }

    private static string DetailOf(HttpContext context, int status) => status switch
    {
        StatusCodes.Status400BadRequest => ApiFailures.UnreadableParameter(context) ?? "This request cannot be read.",
        StatusCodes.Status401Unauthorized => "Send an API key as 'Authorization: Bearer ats_…'. It is missing, unknown, revoked or expired.",
        StatusCodes.Status403Forbidden => context.GetEndpoint()?.Metadata.GetMetadata<ApiScope>() is { } scope
            ? $"This API key does not have the scope {scope.Name}."
            : "This is not allowed.",
        StatusCodes.Status404NotFound => "There is nothing at this address.",
        StatusCodes.Status405MethodNotAllowed => "This address does not take this method.",
        StatusCodes.Status413PayloadTooLarge => "The body is too large.",
        StatusCodes.Status415UnsupportedMediaType => "The body must be JSON, with 'Content-Type: application/json'.",
        StatusCodes.Status429TooManyRequests => "Too many requests with this API key. Wait as long as Retry-After says.",
        StatusCodes.Status503ServiceUnavailable => "The console cannot answer now. Try again.",
        _ => "This request failed.",
    };
}
