using System.Text.Json;
using System.Text.Json.Serialization;

namespace ATStatus.Admin.Api.Notifications;

/// <summary>Reads an added header: its name and value, or the name alone as answers have it.</summary>
internal sealed class HeaderBodyConverter : JsonConverter<HeaderBody>
{
    public override HeaderBody Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        if (reader.TokenType == JsonTokenType.String)
            return new HeaderBody(reader.GetString(), null);
        if (reader.TokenType != JsonTokenType.StartObject)
            throw new JsonException();
        var fields = JsonSerializer.Deserialize<Dictionary<string, string?>>(ref reader, options)!;
        return fields.Keys.All(name => name is "name" or "value")
            ? new HeaderBody(fields.GetValueOrDefault("name"), fields.GetValueOrDefault("value"))
            : throw new JsonException();
    }

    public override void Write(Utf8JsonWriter writer, HeaderBody value, JsonSerializerOptions options) => writer.WriteStringValue(value.Name);
}
