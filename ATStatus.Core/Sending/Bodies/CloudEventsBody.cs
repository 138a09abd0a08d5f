using System.Buffers;
using System.Globalization;
using System.Text.Json;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Bodies;

/// <summary>An event as CloudEvents 1.0 has it in the structured mode of its JSON format (cloudevents.io, "JSON Event Format", section 3).</summary>
internal static class CloudEventsBody
{
    /// <summary>What stands in the place of a page's slug where an event happened on none: alerts.</summary>
    private const string Console = "console";

    public static byte[] Write(BodySource source)
    {
        using var payload = JsonDocument.Parse(source.Payload);
        var root = payload.RootElement;
        var page = root.GetProperty("statusPage");
        var output = new ArrayBufferWriter<byte>(source.Payload.Length + 256);
        var json = new CanonicalJsonWriter(output);
        json.WriteStartObject();
        Write("specversion", "1.0");
        Write("id", source.RequestId.ToString("D", CultureInfo.InvariantCulture));
        Write("type", root.GetProperty("event").GetString()!);
        Write("source", $"urn:atstatus:{(page.ValueKind == JsonValueKind.Object ? page.GetProperty("slug").GetString() : Console)}");
        Write("time", root.GetProperty("timestamp").GetString()!);
        Write("datacontenttype", "application/json");
        json.WritePropertyName("data");
        CanonicalJson.Write(json, root.GetProperty("data"));
        json.WriteEndObject();
        return output.WrittenSpan.ToArray();

        void Write(string name, string value)
        {
            json.WritePropertyName(name);
            json.WriteString(value);
        }
    }
}
