using System.Text.Json;

namespace ATStatus.Admin.Api.Http;

/// <summary>
/// What the API calls the fields that a service names in its messages. A field that is not among these has the name of the service's, as JSON
/// writes it.
/// </summary>
internal sealed record FieldNames(IReadOnlyDictionary<string, string> Names)
{
    /// <summary>The name in the API.</summary>
    public static string Of(FieldNames? names, string field)
    {
        // A field of several has its number and its part behind it: Headers-0-Name, Settings-threadId.
        var parts = field.Split('-');
        var name = names?.Names.GetValueOrDefault(parts[0]) ?? JsonNamingPolicy.CamelCase.ConvertName(parts[0]);
        return parts.Skip(1).Aggregate(name, (whole, part) => int.TryParse(part, out _) ? $"{whole}[{part}]" : $"{whole}.{JsonNamingPolicy.CamelCase.ConvertName(part)}");
    }
}
