using System.Text.Json;
using System.Text.Json.Nodes;
using ATStatus.Admin.Hosting;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Sending.Catalogue;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ATStatus.Admin.Api.OpenApi;

/// <summary>
/// The API's description, made from its endpoints (OpenAPI 3.1). It is made once: anybody may ask for it, and what it says does not change while
/// the console runs.
/// </summary>
internal sealed class ApiDocument
{
    /// <summary>The document's name.</summary>
    public const string Name = "v1";

    private readonly Lazy<Task<byte[]>> _json;

    public ApiDocument([FromKeyedServices(Name)] IOpenApiDocumentProvider provider, AdminSettings settings) =>
        _json = new Lazy<Task<byte[]>>(() => WriteAsync(provider, settings.Hosting.PathBase));

    /// <summary>The document as JSON.</summary>
    public Task<byte[]> JsonAsync() => _json.Value;

    private static async Task<byte[]> WriteAsync(IOpenApiDocumentProvider provider, string pathBase)
    {
        var document = await provider.GetOpenApiDocumentAsync();
        document.Info = new OpenApiInfo
        {
            Title = "ATStatus API",
            Version = ProgramVersion.Number,
            Description = "Open and resolve incidents, schedule maintenance, set component statuses, and read who was notified. "
                + "Every request shows an API key, which administrators make under Admin → API keys.",
        };
        document.Servers = [new OpenApiServer { Url = pathBase.Length == 0 ? "/" : pathBase }];
        // The events' schemas are written elsewhere, and the library's own model would change them.
        var json = JsonNode.Parse(await document.SerializeAsJsonAsync(OpenApiSpecVersion.OpenApi3_1))!;
        json["webhooks"] = OpenApiWebhooks.Build();
        return JsonSerializer.SerializeToUtf8Bytes(json);
    }
}

/// <summary>Adds the description, and the page to read it.</summary>
internal static class ApiDocumentHosting
{
    public static void AddApiDocument(this IServiceCollection services)
    {
        services.AddSingleton<ApiDocument>();
        services.AddOpenApi(ApiDocument.Name, options =>
        {
            options.OpenApiVersion = OpenApiSpecVersion.OpenApi3_1;
            options.ShouldInclude = endpoint => endpoint.RelativePath?.StartsWith(ApiEndpoints.Root[1..], StringComparison.Ordinal) == true;
            options.CreateSchemaReferenceId = ApiSchemas.NameOf;
            options.AddSchemaTransformer(ApiSchemas.TransformAsync);
            options.AddOperationTransformer(ApiOperations.TransformAsync);
            options.AddDocumentTransformer(ApiOperations.CompleteAsync);
        });
    }

    public static void MapApiDocument(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapGet($"{ApiEndpoints.Root}/openapi.json", async (ApiDocument document) => Results.Bytes(await document.JsonAsync(), "application/json"))
            .AllowAnonymous().ExcludeFromDescription();
        ApiDocsPage.Map(endpoints);
    }
}
