using System.Globalization;
using ATStatus.Admin.Api.Http;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.OpenApi;

namespace ATStatus.Admin.Api.OpenApi;

/// <summary>What the document says of every operation: who may call it, what it can answer, and the headers that all have.</summary>
internal static class ApiOperations
{
    private const string Scheme = "apiKey";
    private const string Problem = "Problem";
    private const string Preview = "Preview";

    /// <summary>Says what one operation has beyond its endpoint's own description.</summary>
    public static async Task TransformAsync(OpenApiOperation operation, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        var metadata = context.Description.ActionDescriptor.EndpointMetadata;
        var document = context.Document!;
        var isWrite = metadata.OfType<ApiOperation>().LastOrDefault()?.IsWrite == true;
        var method = context.Description.HttpMethod;
        var hasId = context.Description.RelativePath?.Contains('{', StringComparison.Ordinal) == true;
        await AddComponentsAsync(document, context, cancellationToken);
        if (metadata.OfType<ApiScope>().LastOrDefault() is { } scope)
        {
            operation.Security = [new OpenApiSecurityRequirement { [new OpenApiSecuritySchemeReference(Scheme, document)] = [scope.Name] }];
            operation.Description = $"{operation.Description}\n\nScope: `{scope.Name}`".Trim();
        }
        operation.Parameters ??= [];
        operation.Responses ??= [];
        foreach (var answer in operation.Responses.Values.OfType<OpenApiResponse>())
            Describe(answer, isWrite);
        if (isWrite)
            AddWrite(operation, document, method, hasId);
        foreach (var status in StatusesOf(isWrite, hasId, operation.RequestBody is not null))
            operation.Responses[Text(status)] = ProblemAnswer(document, status);
    }

    /// <summary>Says what all operations share.</summary>
    public static Task CompleteAsync(OpenApiDocument document, OpenApiDocumentTransformerContext context, CancellationToken cancellationToken)
    {
        document.Components ??= new OpenApiComponents();
        document.Components.SecuritySchemes ??= new Dictionary<string, IOpenApiSecurityScheme>();
        document.Components.SecuritySchemes[Scheme] = new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            BearerFormat = "ats_…",
            Description = $"An API key. Each operation names the scope that the key must have; there are {string.Join(", ", ApiScopes.All.Select(s => $"`{s}`"))}.",
        };
        return Task.CompletedTask;
    }

    private static async Task AddComponentsAsync(OpenApiDocument document, OpenApiOperationTransformerContext context, CancellationToken cancellationToken)
    {
        if (document.Components?.Schemas?.ContainsKey(Problem) != true)
            document.AddComponent(Problem, await context.GetOrCreateSchemaAsync(typeof(ApiProblem), null, cancellationToken));
        if (document.Components?.Schemas?.ContainsKey(Preview) != true)
            document.AddComponent(Preview, await context.GetOrCreateSchemaAsync(typeof(PreviewAnswer), null, cancellationToken));
    }

    private static void AddWrite(OpenApiOperation operation, OpenApiDocument document, string? method, bool hasId)
    {
        operation.Parameters!.Add(new OpenApiParameter
        {
            Name = "preview",
            In = ParameterLocation.Query,
            Description = "`true`: nothing is written; the answer says which events the write would raise and who would receive them.",
            Schema = new OpenApiSchema { Type = JsonSchemaType.Boolean },
        });
        if (method is "POST")
            operation.Parameters.Add(Header(Idempotency.Header, "Any text of up to 255 characters: sent again with it within 24 hours, the same request is answered as before and carried out once."));
        if (hasId)
            operation.Parameters.Add(Header("If-Match", "The version that was seen, as `\"5\"`: another one is refused (412)."));
        IOpenApiSchema preview = new OpenApiSchemaReference(Preview, document);
        // Also where an object is made: generated clients take the lowest success for all that an operation answers, and would lack the object.
        IOpenApiSchema Either(OpenApiMediaType? answer) =>
            answer?.Schema is { } answered ? new OpenApiSchema { AnyOf = [answered, preview] } : preview;
        if (JsonOf(operation, "200") is { } json)
            json.Schema = Either(json);
        else
            operation.Responses!["200"] = new OpenApiResponse
            {
                Description = "With `?preview=true`: what the write would do.",
                Content = new Dictionary<string, OpenApiMediaType> { ["application/json"] = new() { Schema = Either(JsonOf(operation, "201")) } },
                Headers = RateHeaders(),
            };
    }

    private static OpenApiMediaType? JsonOf(OpenApiOperation operation, string status) =>
        operation.Responses!.TryGetValue(status, out var answer) && answer.Content?.TryGetValue("application/json", out var json) == true ? json : null;

    private static void Describe(OpenApiResponse answer, bool isWrite)
    {
        answer.Headers = RateHeaders();
        answer.Headers["ETag"] = HeaderOf("The object's version, where one object is answered.");
        if (isWrite)
        {
            answer.Headers[WriteFilter.EventIds] = HeaderOf("The numbers of the events that the write raised: `12,13`.");
            answer.Headers[Idempotency.ReplayedHeader] = HeaderOf("`true` where the answer is one that was given before.");
            answer.Headers["Location"] = HeaderOf("Where the object is, where one was made.");
        }
    }

    private static OpenApiResponse ProblemAnswer(OpenApiDocument document, int status) => new()
    {
        Description = ReasonPhrases.GetReasonPhrase(status),
        Content = new Dictionary<string, OpenApiMediaType>
        {
            [ApiProblem.ContentType] = new() { Schema = new OpenApiSchemaReference(Problem, document) },
        },
        Headers = status == StatusCodes.Status401Unauthorized ? null : RateHeaders(),
    };

    private static IEnumerable<int> StatusesOf(bool isWrite, bool hasId, bool hasBody)
    {
        yield return StatusCodes.Status400BadRequest;
        yield return StatusCodes.Status401Unauthorized;
        yield return StatusCodes.Status403Forbidden;
        if (hasId || isWrite)
            yield return StatusCodes.Status404NotFound;
        if (isWrite)
        {
            yield return StatusCodes.Status409Conflict;
            yield return StatusCodes.Status412PreconditionFailed;
        }
        // Also where no body is expected: one that is too long is not read.
        yield return StatusCodes.Status413PayloadTooLarge;
        if (hasBody)
            yield return StatusCodes.Status415UnsupportedMediaType;
        yield return StatusCodes.Status422UnprocessableEntity;
        yield return StatusCodes.Status429TooManyRequests;
        yield return StatusCodes.Status500InternalServerError;
        yield return StatusCodes.Status503ServiceUnavailable;
    }

    private static OpenApiParameter Header(string name, string description) => new()
    {
        Name = name,
        In = ParameterLocation.Header,
        Description = description,
        Schema = new OpenApiSchema { Type = JsonSchemaType.String },
    };

    private static Dictionary<string, IOpenApiHeader> RateHeaders() => new()
    {
        ["RateLimit-Limit"] = HeaderOf("How many requests the key may make in a minute.", JsonSchemaType.Integer),
        ["RateLimit-Remaining"] = HeaderOf("How many it may make still.", JsonSchemaType.Integer),
        ["RateLimit-Reset"] = HeaderOf("In how many seconds its next minute begins.", JsonSchemaType.Integer),
    };

    private static OpenApiHeader HeaderOf(string description, JsonSchemaType type = JsonSchemaType.String) =>
        new() { Description = description, Schema = new OpenApiSchema { Type = type } };

    private static string Text(int status) => status.ToString(CultureInfo.InvariantCulture);
}
