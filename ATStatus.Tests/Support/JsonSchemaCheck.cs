using System.Text.Json;
using Json.Schema;

namespace ATStatus.Tests.Support;

/// <summary>A JSON Schema as a program of somebody else's understands it.</summary>
internal sealed class JsonSchemaCheck
{
    private static readonly EvaluationOptions Strict = new() { OutputFormat = OutputFormat.List, RequireFormatValidation = true };

    private readonly JsonSchema _schema;

    // A registry of its own: the library would keep every schema by its address for the whole process.
    public JsonSchemaCheck(string schema) => _schema = JsonSchema.FromText(schema, new BuildOptions { SchemaRegistry = new SchemaRegistry() });

    /// <summary>What is wrong with a document; empty where it is valid.</summary>
    public IReadOnlyList<string> Errors(string json)
    {
        using var document = JsonDocument.Parse(json);
        var result = _schema.Evaluate(document.RootElement, Strict);
        return result.IsValid ? [] : [.. Details(result).DefaultIfEmpty("It is not valid.")];
    }

    private static IEnumerable<string> Details(EvaluationResults result) =>
        from detail in (result.Details ?? []).Prepend(result)
        from error in detail.Errors ?? []
        select $"{detail.InstanceLocation}: {error.Value}";
}
