using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Json.Schema;

namespace ATStatus.Tests.Api;

/// <summary>
/// What the served document promises, held against every answer: an operation that is described, a status, a content type and a body as its
/// schema says. A JSON Schema validator reads the document's own schemas.
/// </summary>
public sealed partial class ApiContract
{
    private readonly JsonObject _document;
    private readonly List<(string Method, Regex Path, JsonObject Operation)> _operations = [];
    private readonly Dictionary<string, JsonSchema> _schemas = [];

    public ApiContract(string document)
    {
        _document = JsonNode.Parse(document)!.AsObject();
        ReadWhole(_document);
        foreach (var (path, item) in _document["paths"]!.AsObject())
        {
            foreach (var (method, operation) in item!.AsObject())
                _operations.Add((method.ToUpperInvariant(), new Regex($"^{Parameter().Replace(path, "[^/]+")}$"), operation!.AsObject()));
        }
    }

    /// <summary>The document as it is served.</summary>
    public JsonObject Document => _document;

    /// <summary>The ids of every operation.</summary>
    public IEnumerable<string> OperationIds => _operations.Select(o => (string)o.Operation["operationId"]!);

    /// <summary>Fails where an answer is not as described. Returns the operation's id.</summary>
    public string Check(string method, string path, int status, string? contentType, string body)
    {
        var found = _operations.Where(o => o.Method == method && o.Path.IsMatch(path)).ToList();
        Assert.True(found.Count == 1, $"{found.Count} operations describe {method} {path}.");
        var id = (string)found[0].Operation["operationId"]!;
        var answer = found[0].Operation["responses"]![$"{status}"];
        Assert.True(answer is not null, $"{id} answered {status}, which is not described: {body}");
        if (answer["content"] is not JsonObject content)
        {
            Assert.Equal("", body);
            return id;
        }
        var type = contentType?.Split(';')[0];
        Assert.True(type is not null && content.ContainsKey(type), $"{id} answered {status} as {type}, described is {string.Join(", ", content.Select(c => c.Key))}.");
        var result = SchemaOf($"{id} {status} {type}", content[type!]!["schema"]!).Evaluate(
            JsonDocument.Parse(body).RootElement, new EvaluationOptions { OutputFormat = OutputFormat.List, RequireFormatValidation = true });
        Assert.True(result.IsValid, $"{id} {status} is not as described: {Problems(result)}\n{body}");
        return id;
    }

    /// <summary>A node reads its members when they are first asked for: here, so that nobody asks at the same moment as others.</summary>
    private static void ReadWhole(JsonNode? node)
    {
        foreach (var child in node switch { JsonObject members => members.Select(m => m.Value), JsonArray items => items, _ => [] })
            ReadWhole(child);
    }

    private JsonSchema SchemaOf(string name, JsonNode schema)
    {
        lock (_schemas)
        {
            if (_schemas.TryGetValue(name, out var known))
                return known;
            var whole = new JsonObject { ["allOf"] = new JsonArray(schema.DeepClone()), ["$defs"] = _document["components"]!["schemas"]!.DeepClone() };
            return _schemas[name] = JsonSchema.FromText(whole.ToJsonString().Replace("#/components/schemas/", "#/$defs/", StringComparison.Ordinal));
        }
    }

    private static string Problems(EvaluationResults result) => string.Join("; ", (result.Details ?? []).Where(d => d.Errors is { Count: > 0 })
        .SelectMany(d => d.Errors!.Select(e => $"{d.InstanceLocation}: {e.Value}")));

    [GeneratedRegex(@"\\?\{[^}]+\}")]
    private static partial Regex Parameter();
}
