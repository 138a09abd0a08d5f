using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Messages;

/// <summary>
/// Messages as bytes. Emoji and other scripts go out as the UTF-8 they are: as escapes they would take up to three times the room, and services
/// that limit a message's size count it.
/// </summary>
internal static class MessageJson
{
    public static ReadOnlyMemory<byte> Bytes(JsonObject message)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        Write(new CanonicalJsonWriter(output), message);
        return output.WrittenMemory;
    }

    /// <summary>An object of those properties that have a value.</summary>
    public static JsonObject Object(params (string Name, JsonNode? Value)[] properties)
    {
        var result = new JsonObject();
        foreach (var (name, value) in properties)
        {
            if (value is not null) result[name] = value;
        }

        return result;
    }

    private static void Write(CanonicalJsonWriter json, JsonNode? node)
    {
        switch (node)
        {
            case null:
                json.WriteNull();
                break;
            case JsonObject properties:
                json.WriteStartObject();
                foreach (var (name, value) in properties)
                {
                    json.WritePropertyName(name);
                    Write(json, value);
                }

                json.WriteEndObject();
                break;
            case JsonArray items:
                json.WriteStartArray();
                foreach (var item in items) Write(json, item);
                json.WriteEndArray();
                break;
            default:
                WriteValue(json, node);
                break;
        }
    }

    private static void WriteValue(CanonicalJsonWriter json, JsonNode value)
    {
        switch (value.GetValueKind())
        {
            case JsonValueKind.String:
                json.WriteString(value.GetValue<string>());
                break;
            case JsonValueKind.True or JsonValueKind.False:
                json.WriteBoolean(value.GetValue<bool>());
                break;
            default:
                json.WriteNumber((long)value.GetValue<int>());
                break;
        }
    }
}
