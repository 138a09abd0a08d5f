using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using ATStatus.Admin.Hosting;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Sending.Catalogue;
using Microsoft.AspNetCore.Http.Extensions;
using Microsoft.Net.Http.Headers;

namespace ATStatus.Admin.Api.Events;

/// <summary>
/// The events for machines: each type's JSON Schema and one AsyncAPI document, open to all and to scripts of any site. They say what
/// receivers get anyway, and nothing of this installation but its address.
/// </summary>
internal static class EventCatalogue
{
    private const string SchemaType = "application/schema+json";
    private const string AsyncApiType = "application/vnd.aai.asyncapi+json;version=3.0.0";

    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(5);
    private static readonly string[] Methods = [HttpMethods.Get, HttpMethods.Head];

    // People read it too; it is no page, so letters stay letters.
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>Maps the addresses.</summary>
    public static void MapEventCatalogue(this IEndpointRouteBuilder app)
    {
        app.MapMethods($"/{AsyncApiDocument.Path}", Methods, (HttpContext context, ConsoleAddress console) =>
            Document(context, AsyncApiType, AsyncApiDocument.Build(AddressOf(context.Request, console), ProgramVersion.Number))).AllowAnonymous();
        app.MapMethods("/events/{type}.schema.json", Methods, (string type, HttpContext context, ConsoleAddress console) =>
            EventTypes.TryParse(type, out var known)
                ? Document(context, SchemaType, EventSchema.Document(known, AddressOf(context.Request, console)))
                : Unknown(context)).AllowAnonymous();
    }

    private static IResult Document(HttpContext context, string type, JsonObject document)
    {
        var bytes = JsonSerializer.SerializeToUtf8Bytes(document, Json);
        AllowAnySite(context.Response);
        context.Response.GetTypedHeaders().CacheControl = new CacheControlHeaderValue { Public = true, MaxAge = Fresh };
        var tag = Convert.ToHexStringLower(SHA256.HashData(bytes).AsSpan(0, 16));
        return Results.Bytes(bytes, type, entityTag: new EntityTagHeaderValue($"\"{tag}\""));
    }

    private static IResult Unknown(HttpContext context)
    {
        AllowAnySite(context.Response);
        return Results.Problem("There is no event type of this name.", statusCode: StatusCodes.Status404NotFound);
    }

    private static void AllowAnySite(HttpResponse response) => response.Headers.AccessControlAllowOrigin = "*";

    /// <summary>The console's address, with a slash at its end: what is configured, else what it was asked for as.</summary>
    private static Uri AddressOf(HttpRequest request, ConsoleAddress console) => new(
        console.PublicUrl is { } configured
            ? configured.AbsoluteUri.TrimEnd('/') + "/"
            : UriHelper.BuildAbsolute(request.Scheme, request.Host, request.PathBase, "/"));
}
