using System.Text.Json;
using System.Text.Json.Nodes;

namespace ATStatus.Tests.Support;

/// <summary>
/// The validators that the authors of JSON Schema, AsyncAPI and OpenAPI have others use, run by Node.js. A test that calls one first demands
/// <see cref="TestRequirement.Validators"/>.
/// </summary>
internal static class SpecificationValidators
{
    /// <summary>Where their packages are installed, relative to the repository's root.</summary>
    public const string Place = "ATStatus.Tests/validators";

    private static readonly string Folder = Path.Combine(RepositoryFolder.Root, Place);

    /// <summary>Whether npm has installed them.</summary>
    public static bool AreInstalled => File.Exists(Path.Combine(Folder, "node_modules", ".package-lock.json"));

    /// <summary>What Ajv finds wrong with schemas (JSON Schema 2020-12, strictly) and with bodies under them; null where it finds nothing.</summary>
    public static async Task<(Dictionary<string, string?> Schemas, List<string?> Bodies)> AjvAsync(
        IReadOnlyDictionary<string, JsonObject> schemas, IEnumerable<(string Schema, string Text)> bodies, CancellationToken stop)
    {
        var input = new JsonObject
        {
            ["schemas"] = new JsonObject(schemas.Select(schema => KeyValuePair.Create<string, JsonNode?>(schema.Key, schema.Value.DeepClone()))),
            ["bodies"] = new JsonArray([.. bodies.Select(body => new JsonObject { ["name"] = body.Schema, ["text"] = body.Text })]),
        };
        using var wrong = JsonDocument.Parse(await RunAsync("schemas.js", input.ToJsonString(), stop));
        return (
            wrong.RootElement.GetProperty("schemas").Deserialize<Dictionary<string, string?>>()!,
            wrong.RootElement.GetProperty("bodies").Deserialize<List<string?>>()!);
    }

    /// <summary>The errors and warnings of AsyncAPI's parser about a document.</summary>
    public static async Task<List<string>> AsyncApiAsync(string document, CancellationToken stop) =>
        JsonSerializer.Deserialize<List<string>>(await RunAsync("asyncapi.js", document, stop))!;

    /// <summary>What OpenAPI's own schema finds wrong with a document.</summary>
    public static async Task<List<string>> OpenApiAsync(string document, CancellationToken stop) =>
        JsonSerializer.Deserialize<List<string>>(await RunAsync("openapi.js", document, stop))!;

    private static Task<string> RunAsync(string script, string input, CancellationToken stop) =>
        NodeScript.RunFileAsync(Path.Combine(Folder, script), input, stop);
}
