using System.ComponentModel;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Http.Metadata;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace ATStatus.Admin.Api.Http;

/// <summary>Under <c>/api</c> whatever goes wrong is a problem in JSON: no page, no redirect, no text of an exception.</summary>
internal static partial class ApiFailures
{
    /// <summary>Stands first of all: what anybody refuses with a status alone gets its problem here.</summary>
    public static void UseApiProblems(this WebApplication app, HostingSettings hosting) => app.Use(async (context, next) =>
    {
        var path = context.Request.Path;
        await next(context);
        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null }
            && (path.StartsWithSegments(ApiGate.Path) || path.StartsWithSegments(hosting.PathBase + ApiGate.Path)))
            await ApiProblem.WriteAsync(context, context.Response.StatusCode);
    });

    /// <summary>Carries a request out, and makes its answer of what it throws, or of a status alone.</summary>
    public static async Task AnswerAsync(HttpContext context, RequestDelegate next)
    {
        try
        {
            await next(context);
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            context.Response.Clear();
            await AnswerAsync(context, e, context.RequestServices.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ApiFailures).FullName!));
        }
        if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null })
            await ApiProblem.WriteAsync(context, context.Response.StatusCode);
    }

    /// <summary>Stands behind routing: what an endpoint throws becomes a problem, and no page is made of a status.</summary>
    public static void UseApiFailures(this WebApplication app)
    {
        var logger = app.Services.GetRequiredService<ILoggerFactory>().CreateLogger(typeof(ApiFailures).FullName!);
        app.Use(async (context, next) =>
        {
            if (!context.Request.Path.StartsWithSegments(ApiGate.Path))
            {
                await next(context);
                return;
            }
            if (context.Features.Get<IStatusCodePagesFeature>() is { } pages)
                pages.Enabled = false;
            try
            {
                await next(context);
            }
            catch (Exception) when (context.RequestAborted.IsCancellationRequested || context.Response.HasStarted)
            {
                throw;
            }
            catch (Exception e)
            {
                context.Response.Clear();
                await AnswerAsync(context, e, logger);
            }
        });
    }

    private static Task AnswerAsync(HttpContext context, Exception failure, ILogger logger)
    {
        switch (failure)
        {
            case InvalidInputException invalid:
                var names = context.GetEndpoint()?.Metadata.GetMetadata<FieldNames>();
                return InvalidAsync(context, invalid.Errors.Select(error => (FieldNames.Of(names, error.Key), error.Value)));
            case UnknownFieldsException unknown:
                return InvalidAsync(context, unknown.Names.Select(name => (name, "There is no such field.")));
            case NotFoundException:
                return ApiProblem.WriteAsync(context, StatusCodes.Status404NotFound, failure.Message);
            case EditConflictException:
                return ApiProblem.WriteAsync(
                    context, context.Request.Headers.IfMatch.Count > 0 ? StatusCodes.Status412PreconditionFailed : StatusCodes.Status409Conflict, failure.Message);
            case DatabaseNotWritableException:
                return UnavailableAsync(context, failure.Message);
            case ProblemException:
                return ApiProblem.WriteAsync(context, StatusCodes.Status409Conflict, failure.Message);
            case BadHttpRequestException bad:
                // The rest of a body that is too long is not waited for.
                if (bad.StatusCode == StatusCodes.Status413PayloadTooLarge && HttpProtocol.IsHttp11(context.Request.Protocol))
                    context.Response.Headers.Connection = "close";
                return ApiProblem.WriteAsync(context, bad.StatusCode, bad.StatusCode == StatusCodes.Status400BadRequest ? DetailOf(context, bad) : null);
        }
        // The framework's JSON reader has no failure of its own for it.
        if (failure is InvalidOperationException && !HasKnownCharset(context.Request))
            return ApiProblem.WriteAsync(context, StatusCodes.Status415UnsupportedMediaType);
        if (DatabaseFaults.Of(failure) is { } fault)
            return UnavailableAsync(context, new DatabaseNotWritableException(fault).Message);
        LogFailure(logger, failure, context.TraceIdentifier, context.Request.Method, context.Request.PathBase.Add(context.Request.Path));
        return ApiProblem.WriteAsync(
            context, StatusCodes.Status500InternalServerError, "An unexpected failure. It has been logged under this reference.", reference: context.TraceIdentifier);
    }

    private static bool HasKnownCharset(HttpRequest request)
    {
        if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || StringSegment.IsNullOrEmpty(type.Charset))
            return true;
        try
        {
            Encoding.GetEncoding(HeaderUtilities.RemoveQuotes(type.Charset).ToString());
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private static Task InvalidAsync(HttpContext context, IEnumerable<(string Field, string Message)> errors)
    {
        var byField = errors.GroupBy(e => e.Field).ToDictionary(g => g.Key, IReadOnlyList<string> (g) => [.. g.Select(e => e.Message).Distinct()]);
        return ApiProblem.WriteAsync(
            context, StatusCodes.Status422UnprocessableEntity, string.Join(" ", byField.Values.SelectMany(m => m).Distinct()), byField);
    }

    private static Task UnavailableAsync(HttpContext context, string detail)
    {
        context.Response.Headers.RetryAfter = "10";
        return ApiProblem.WriteAsync(context, StatusCodes.Status503ServiceUnavailable, detail);
    }

    /// <summary>Names the place and not the framework's types.</summary>
    private static string DetailOf(HttpContext context, BadHttpRequestException bad)
    {
        if (bad.InnerException is JsonException json)
        {
            var place = json.Path is { Length: > 2 } path && path.StartsWith("$.", StringComparison.Ordinal) ? path[2..] : null;
            return IsUnreadable(json) ? "The body is not readable as JSON."
                : place is null ? "The body must be a JSON object as documented."
                : $"The value of {place} is of the wrong type, or given twice.";
        }
        return Parameter().Match(bad.Message) is { Success: true } match ? WrongType(match.Groups[1].Value)
            : UnreadableParameter(context) ?? "The body must be a JSON object as documented.";
    }

    /// <summary>Names the parameter of the query that is no value of its type; null where each is.</summary>
    public static string? UnreadableParameter(HttpContext context) => context.GetEndpoint()?.Metadata.OfType<IParameterBindingMetadata>()
        .Where(parameter => parameter.HasTryParse && context.Request.Query[parameter.Name].ToString() is { Length: > 0 } text && !IsOf(parameter.ParameterInfo.ParameterType, text))
        .Select(parameter => WrongType(parameter.Name))
        .FirstOrDefault();

    private static string WrongType(string parameter) => $"The value of {JsonNamingPolicy.CamelCase.ConvertName(parameter)} is of the wrong type.";

    private static bool IsOf(Type type, string text) => TypeDescriptor.GetConverter(Nullable.GetUnderlyingType(type) ?? type).IsValid(text);

    private static bool IsUnreadable(JsonException json)
    {
        for (Exception? e = json; e is not null; e = e.InnerException)
        {
            // What the reader itself found: the framework's type for it is not public.
            if (e.GetType().Name == "JsonReaderException")
                return true;
        }
        return false;
    }

    [GeneratedRegex("parameter \"[^\"]* (\\w+)\" from")]
    private static partial Regex Parameter();

    [LoggerMessage(LogLevel.Error, "Reference {Reference}: {Method} {Path} failed.")]
    private static partial void LogFailure(ILogger logger, Exception e, string reference, string method, PathString path);
}
