using System.Text.Json.Nodes;
using CsCheck;

namespace ATStatus.Tests.Api.Fuzz;

/// <summary>
/// Generates requests from the served document: its paths, methods, parameters, headers and the schemas of its bodies. A schema does not
/// say which text is a slug or which number is a component's, so that is said here by the field's name; a field that is not named here gets
/// what its schema takes.
/// </summary>
internal sealed class FuzzGenerator
{
    private const string Root = "/api/v1/";

    private static readonly Gen<string> Words = Gen.Char['a', 'z'].Array[3, 12].Select(letters => new string(letters));

    /// <summary>Valid texts: mostly short, some as hostile as a person can type.</summary>
    private static readonly Gen<string> Texts = Gen.Frequency(
        (6, Words.Select(Hostile.Quoted)), (1, ATStatus.Tests.Events.Texts.WithSurrogates.Select(text => Hostile.Quoted($"x{text}"))));

    private readonly JsonObject _schemas;
    private readonly Dictionary<string, Gen<string>> _byName;

    /// <param name="document">The document.</param>
    /// <param name="receiver">Where notifications may send.</param>
    public FuzzGenerator(JsonObject document, Uri receiver)
    {
        _schemas = document["components"]!["schemas"]!.AsObject();
        // The first page of a story has most of its components.
        var page = Gen.Frequency((8, Gen.Const("«statuspages:0»")), (2, Id("statuspages")));
        _byName = new()
        {
            ["statusPageId"] = page,
            ["statusPageIds"] = Gen.Frequency((3, Gen.Const("null")), (1, page.Select(id => $"[{id}]"))),
            ["componentIds"] = List(Id("components"), 3),
            ["groupIds"] = Gen.Frequency((3, Gen.Const("null")), (1, List(Id("component-groups"), 2))),
            ["groupId"] = Gen.Frequency((2, Id("component-groups")), (1, Gen.Const("null"))),
            ["alertNotificationId"] = Gen.Frequency((1, Id("notifications")), (1, Gen.Const("null"))),
            ["notificationId"] = Id("notifications"),
            ["id"] = Id("components"),
            ["slug"] = Words.Select(Hostile.Quoted),
            ["timeZone"] = Gen.OneOf("\"UTC\"", "\"Europe/Berlin\"", "\"America/New_York\"", "\"Pacific/Chatham\""),
            ["publicUrl"] = Gen.OneOf("null", "\"https://status.example.com\""),
            ["isArchived"] = Gen.Frequency((6, Gen.Const("false")), (1, Gen.Const("true"))),
            ["url"] = Words.Select(word => $"\"{receiver}{word}\""),
            ["type"] = Gen.Const("\"webhook\""),
            ["secret"] = Gen.OneOf("null", "\"a secret of sixteen\""),
            ["secretOverlapSeconds"] = Gen.Int[0, 86_400].Select(seconds => $"{seconds}"),
            ["tlsTrust"] = Gen.Const("\"system\""),
            ["tlsCertificate"] = Gen.Const("null"),
            ["settings"] = Gen.Const("{}"),
            ["headers"] = Gen.OneOf("[]", "[{\"name\":\"X-Team\",\"value\":\"blue\"}]"),
            ["startedAt"] = Moment(-5_000, -3_000),
            ["endedAt"] = Moment(-2_999, -1),
            ["since"] = Moment(-10_000, -1),
            ["until"] = Moment(-10_000, 10_000),
            ["scheduledStartTime"] = Gen.Frequency((4, Moment(60, 20_000)), (1, Moment(-60, -1))),
            ["scheduledEndTime"] = Moment(20_001, 40_000),
            ["rule"] = Gen.Frequency((3, Gen.Const("null")), (1, Gen.OneOf("\"0 3 * * 1\"", "\"30 22 1 * *\""))),
            ["remindBeforeMinutes"] = Gen.OneOf("null", "15", "1440"),
            // Only of a query: in a body it is one of the words that the schema has.
            ["status"] = Gen.OneOf("\"open\"", "\"resolved\"", "\"scheduled\"", "\"completed\""),
            ["search"] = Words.Select(Hostile.Quoted),
            ["limit"] = Gen.Int[1, 250].Select(limit => $"{limit}"),
            ["after"] = Gen.Int[1, 10_000].Select(after => $"\"{after}\""),
            ["downtime"] = Gen.OneOf("\"keep\"", "\"remove\""),
            ["state"] = Gen.OneOf("\"delivered\"", "\"pending\"", "\"failed\"", "\"skipped\""),
            ["event"] = Gen.OneOf("\"incident.created\"", "\"component.created\"", "\"maintenance.updated\""),
            ["failure"] = Gen.OneOf("\"timeout\"", "\"http_status\""),
            ["httpStatus"] = Gen.OneOf("\"503\"", "\"5xx\""),
        };
        // Few deletions: a story in which everything is deleted at once says little.
        Requests = Gen.Frequency(
            [.. Operations(document).Select(o => (o.Method switch { "DELETE" => 1, "GET" => 5, _ => 3 }, RequestOf(o)))]);
    }

    /// <summary>Any request of any operation.</summary>
    public Gen<FuzzRequest> Requests { get; }

    private sealed record Operation(string Id, string Method, string Path, IReadOnlyList<JsonObject> Parameters, JsonNode? Body)
    {
        public string Resource => Path[Root.Length..].Split('/')[0];
    }

    private static IEnumerable<Operation> Operations(JsonObject document) =>
        from path in document["paths"]!.AsObject()
        from operation in path.Value!.AsObject()
        select new Operation(
            (string)operation.Value!["operationId"]!, operation.Key.ToUpperInvariant(), path.Key,
            [.. (operation.Value["parameters"]?.AsArray() ?? []).Select(p => p!.AsObject())],
            operation.Value["requestBody"]?["content"]?["application/json"]?["schema"]);

    private Gen<FuzzRequest> RequestOf(Operation operation)
    {
        var path = Gen.Frequency((12, Id(operation.Resource)), (1, Hostile.PathId))
            .Select(id => operation.Path[Root.Length..].Replace("{id}", id, StringComparison.Ordinal));
        var query = Parameters(
                operation, "query",
                (name, schema) => Gen.Frequency((4, QueryOf(name, schema)), (1, Hostile.QueryValue)).Select(value => $"{name}={value}"))
            .Select(given => given.Count == 0 ? "" : $"?{string.Join('&', given)}");
        var headers = Parameters(
            operation, "header",
            (name, _) => (name == "If-Match" ? Hostile.IfMatch : Hostile.IdempotencyKey).Select(value => (name, value)));
        var key = Gen.Frequency(
            (40, Gen.Const(ShownKey.Everything)), (1, Gen.Const(ShownKey.ReadOnly)), (1, Gen.Const(ShownKey.Unknown)),
            (1, Gen.Const(ShownKey.None)));
        return Gen.Select(path, query, headers, BodyOf(operation), key, (p, q, h, b, k) =>
            new FuzzRequest(operation.Id, operation.Method, p, q, h, b.Text, b.ContentType, b.Spoiling, k));
    }

    /// <summary>Some of the parameters: mostly none, because most of them make a request one that does nothing.</summary>
    private static Gen<List<T>> Parameters<T>(Operation operation, string place, Func<string, JsonNode, Gen<T>> of)
        where T : notnull
    {
        var given = Gen.Const(new List<T>());
        foreach (var parameter in operation.Parameters.Where(p => (string?)p["in"] == place))
        {
            var one = of((string)parameter["name"]!, parameter["schema"]!);
            given = Gen.Select(given, Gen.Int[0, 5], one, (list, chance, value) => chance == 0 ? [.. list, value] : list);
        }
        return given;
    }

    private Gen<string> QueryOf(string name, JsonNode schema) =>
        ValueOf(name, schema).Select(json => json.StartsWith('"') ? json[1..^1] : json);

    private sealed record SentBody(string? Text, string ContentType = "application/json", Spoiling Spoiling = Spoiling.None);

    private Gen<SentBody> BodyOf(Operation operation)
    {
        var none = Gen.Const(new SentBody(null));
        var hostile = Hostile.Body.Select(text => new SentBody(text));
        if (operation.Body is not { } schema)
            return Gen.Frequency((9, none), (1, hostile));
        var isMade = operation.Method == "POST";
        var valid = ObjectOf(schema, isMade, isSpoilt: false);
        return Gen.Frequency(
            (8, valid.Select(text => new SentBody(text))),
            (6, ObjectOf(schema, isMade, isSpoilt: true).Select(text => new SentBody(text))),
            (1, hostile),
            (1, Gen.Select(valid, Hostile.ContentType, (text, type) => new SentBody(text, type))),
            (1, Gen.Select(valid, Gen.Enum<Spoiling>(), (text, spoiling) => new SentBody(text, Spoiling: spoiling))),
            (1, none));
    }

    /// <summary>
    /// An object as its schema has it, with what the description demands and some of the rest; spoilt, with one thing wrong about it.
    /// </summary>
    private Gen<string> ObjectOf(JsonNode schema, bool isMade, bool isSpoilt)
    {
        var properties = Resolved(schema)["properties"]?.AsObject() ?? [];
        var fields = Gen.Const(new List<(string Name, string Value)>());
        foreach (var (name, property) in properties)
        {
            var isDemanded = isMade && (((string?)property!["description"])?.Contains("Required", StringComparison.Ordinal) ?? false);
            fields = Gen.Select(
                fields, Gen.Int[0, 3], ValueOf(name, property!),
                (list, chance, value) => isDemanded || chance == 0 ? [.. list, (name, value)] : list);
        }
        if (!isSpoilt)
            return fields.Select(Written);
        string[] names = [.. properties.Select(p => p.Key)];
        return Gen.Select(fields, Gen.Int[0, 9], Hostile.Json, Gen.OneOf(names), (list, kind, json, name) => kind switch
        {
            // Left out, twice, unknown; mostly something else than it takes.
            0 => Written([.. list.Where(f => f.Name != name)]),
            1 => Written([.. list, .. list.Take(1)]),
            2 => Written([.. list, ($"{name}X", json)]),
            _ => Written([.. list.Where(f => f.Name != name), (name, json)]),
        });
    }

    private static string Written(List<(string Name, string Value)> fields) =>
        $"{{{string.Join(',', fields.Select(f => $"\"{f.Name}\":{f.Value}"))}}}";

    private Gen<string> ValueOf(string name, JsonNode schema)
    {
        if (schema["enum"] is JsonArray words)
            return Gen.OneOf([.. words.Select(word => word?.ToJsonString() ?? "null")]);
        if (_byName.TryGetValue(name, out var known))
            return known;
        var resolved = Resolved(schema);
        return TypeOf(resolved) switch
        {
            "boolean" => Gen.Bool.Select(value => value ? "true" : "false"),
            "integer" => Gen.Int[0, 1_000].Select(value => $"{value}"),
            "array" => List(ValueOf("", resolved["items"]!), 3),
            "object" => ObjectOf(resolved, isMade: true, isSpoilt: false),
            _ => Texts,
        };
    }

    private JsonNode Resolved(JsonNode schema)
    {
        if ((schema["oneOf"] ?? schema["anyOf"]) is JsonArray choices)
            return Resolved(choices.First(choice => (string?)choice!["$ref"] is not null)!);
        return (string?)schema["$ref"] is { } reference ? _schemas[reference.Split('/')[^1]]! : schema;
    }

    private static string TypeOf(JsonNode schema) => schema["type"] switch
    {
        JsonArray types => types.Select(t => (string)t!).First(t => t != "null"),
        { } type => (string)type!,
        _ => "string",
    };

    private static Gen<string> Id(string resource) => Gen.Int[0, 12].Select(number => $"«{resource}:{number}»");

    private static Gen<string> Moment(int from, int to) => Gen.Int[from, to].Select(minutes => $"\"«now:{minutes}»\"");

    private static Gen<string> List(Gen<string> item, int most) => item.List[0, most].Select(items => $"[{string.Join(',', items)}]");
}
