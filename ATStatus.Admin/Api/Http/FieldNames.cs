using System.Text.Json;

namespace ATStatus.Admin.Api.Http;

/// <summary>
/// What the API calls the fields that a service names in its messages. A field that is not among these has the name of the service's, as JSON
/// writes it.
/// </summary>
internal sealed record FieldNames(IReadOnlyDictionary<string, string> Names)
{
    /// <summary>The name in the API.</summary>
    public static string Of(FieldNames? names, string field) => names?.Names.GetValueOrDefault(field) ?? JsonNamingPolicy.CamelCase.ConvertName(field);
}
