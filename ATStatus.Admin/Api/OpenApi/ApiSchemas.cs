using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Admin.Api.Http;
using Microsoft.AspNetCore.OpenApi;
using Microsoft.OpenApi;

namespace ATStatus.Admin.Api.OpenApi;

/// <summary>What the document says of the types that the API reads and writes.</summary>
internal static class ApiSchemas
{
    /// <summary>A schema's name: that of the thing, without what the code calls its record; null for what is described where it stands.</summary>
    public static string? NameOf(JsonTypeInfo type)
    {
        if (type.Type == typeof(JsonObject) || OptionalOf(type.Type) is not null)
            return null;
        if (type.Type.IsGenericType && type.Type.GetGenericTypeDefinition() == typeof(ListAnswer<>))
            return $"{Bare(type.Type.GetGenericArguments()[0].Name)}List";
        return OpenApiOptions.CreateDefaultSchemaReferenceId(type) is { } name ? Bare(name) : null;
    }

    /// <summary>Says what a field takes.</summary>
    public static async Task TransformAsync(OpenApiSchema schema, OpenApiSchemaTransformerContext context, CancellationToken cancellationToken)
    {
        if (OptionalOf(context.JsonTypeInfo.Type) is { } inner)
        {
            var taken = await context.GetOrCreateSchemaAsync(inner, null, cancellationToken);
            (schema.Type, schema.Format, schema.Items, schema.Properties, schema.AdditionalProperties, schema.Minimum, schema.Maximum) =
                (taken.Type, taken.Format, taken.Items, taken.Properties, taken.AdditionalProperties, taken.Minimum, taken.Maximum);
            if (schema.Type is { } type)
                schema.Type = type | JsonSchemaType.Null;
        }
        if (context.JsonTypeInfo.Type.IsAssignableTo(typeof(WriteBody)))
        {
            schema.AdditionalProperties = null;
            schema.Required = null;
        }
        if (context.JsonPropertyInfo?.AttributeProvider is not { } attributes)
            return;
        if (attributes.GetCustomAttributes(typeof(WordsAttribute), false) is [WordsAttribute words, ..])
            Take(schema, words.Names);
        if (attributes.IsDefined(typeof(InstantAttribute), false))
            schema.Format = "date-time";
    }

    private static void Take(OpenApiSchema schema, IReadOnlyList<string> names)
    {
        var target = schema.Items as OpenApiSchema ?? schema;
        List<JsonNode> values = [.. names.Select(name => (JsonNode)JsonValue.Create(name))];
        if (target.Type?.HasFlag(JsonSchemaType.Null) == true)
            values.Add(JsonNullSentinel.JsonNull);
        target.Enum = values;
    }

    private static Type? OptionalOf(Type type) =>
        type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Optional<>) ? type.GetGenericArguments()[0] : null;

    private static string Bare(string name) => name.EndsWith("Answer", StringComparison.Ordinal) ? name[..^"Answer".Length] : name;
}
