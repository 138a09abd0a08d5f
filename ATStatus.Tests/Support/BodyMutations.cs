using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace ATStatus.Tests.Support;

/// <summary>An event's body with one mistake in it, each that a schema has to refuse.</summary>
internal static partial class BodyMutations
{
    /// <summary>Properties of which only certain texts are right.</summary>
    private static readonly string[] Closed = ["event", "status", "severity", "previousStatus", "newStatus", "type", "failure"];

    /// <summary>Properties that may be null, so that null is no mistake there.</summary>
    private static readonly string[] Nullable = ["statusCode", "lastSuccessAt", "url"];

    /// <summary>Numbers that need not be whole.</summary>
    private static readonly string[] Fractions = ["uptimePercent"];

    /// <summary>Every mistake: what it is, and the body with it.</summary>
    public static IEnumerable<(string What, string Body)> Of(string body)
    {
        foreach (var path in Paths(JsonNode.Parse(body)!, []))
        {
            var name = path.Length > 0 ? path[^1] : "";
            foreach (var (what, mistake) in Mistakes(name, At(JsonNode.Parse(body)!, path)))
            {
                var changed = JsonNode.Parse(body)!;
                mistake(changed, path);
                yield return ($"{string.Join('.', path)} {what}", changed.ToJsonString());
            }
        }
    }

    private static IEnumerable<(string What, Action<JsonNode, string[]> Make)> Mistakes(string name, JsonNode? value)
    {
        if (name.Length > 0)
        {
            yield return ("is missing", (body, path) => At(body, path[..^1])!.AsObject().Remove(name));
            foreach (var (what, wrong) in WrongValues(name, value))
                yield return (what, (body, path) => At(body, path[..^1])![name] = wrong);
        }
        if (value is JsonObject)
            yield return ("has something more", (body, path) => At(body, path)!["somethingMore"] = 1);
    }

    private static IEnumerable<(string What, JsonNode? Wrong)> WrongValues(string name, JsonNode? value)
    {
        yield return ("is a list of numbers", new JsonArray(1));
        yield return ("is true", true);
        if (value is not null && !Nullable.Contains(name))
            yield return ("is null", null);
        if (value is not JsonObject)
            yield return ("is an object", new JsonObject());
        if (value is not JsonValue scalar)
            yield break;
        if (!scalar.TryGetValue<string>(out var text))
        {
            yield return ("is a number in quotes", scalar.ToJsonString());
            if (!Fractions.Contains(name))
                yield return ("has a fraction", 1.5);
            yield break;
        }
        yield return ("is a number", 1);
        if (Closed.Contains(name))
        {
            yield return ("is another word", "nonsense");
            yield return ("is in capitals", text.ToUpperInvariant());
        }
        if (Instant().IsMatch(text))
        {
            yield return ("has an offset", text.Replace("Z", "+00:00", StringComparison.Ordinal));
            yield return ("has milliseconds", text.Replace("Z", ".000Z", StringComparison.Ordinal));
            yield return ("is a day alone", text[..10]);
        }
    }

    private static IEnumerable<string[]> Paths(JsonNode node, string[] path) =>
        node is JsonObject parent
            ? parent.SelectMany(property => property.Value is null ? [[.. path, property.Key]] : Paths(property.Value, [.. path, property.Key])).Prepend(path)
            : [path];

    private static JsonNode? At(JsonNode root, string[] path) => path.Aggregate((JsonNode?)root, (node, name) => node![name]);

    [GeneratedRegex("^[0-9-]{10}T[0-9:]{8}Z$")]
    private static partial Regex Instant();
}
