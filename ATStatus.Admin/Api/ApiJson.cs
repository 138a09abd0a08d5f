using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ATStatus.Admin.Api.Bodies;

namespace ATStatus.Admin.Api;

/// <summary>How the API reads and writes JSON: names exactly as documented, each once, and every value of its own type.</summary>
internal static class ApiJson
{
    /// <summary>The options, for what is written outside an endpoint.</summary>
    public static JsonSerializerOptions Options { get; } = Configured(new JsonSerializerOptions(JsonSerializerDefaults.General));

    /// <summary>Sets them.</summary>
    public static JsonSerializerOptions Configured(JsonSerializerOptions options)
    {
        options.PropertyNamingPolicy = JsonNamingPolicy.CamelCase;
        options.PropertyNameCaseInsensitive = false;
        options.NumberHandling = JsonNumberHandling.Strict;
        options.AllowDuplicateProperties = false;
        options.MaxDepth = 16;
        options.Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping;
        options.Converters.Add(new OptionalConverterFactory());
        return options;
    }
}
