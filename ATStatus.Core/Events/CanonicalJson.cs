using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace ATStatus.Core.Events;

/// <summary>
/// Writes JSON that somebody else wrote again, as JavaScript's <c>JSON.stringify(JSON.parse(text))</c> does: compact, of properties with
/// the same name the last value in the place of the first, those named like an array index in front, numbers as doubles.
/// </summary>
public static class CanonicalJson
{
    /// <summary>JavaScript's largest array index.</summary>
    private const uint MaxIndex = uint.MaxValue - 1;

    /// <summary>The bytes of a JSON text, written again.</summary>
    /// <exception cref="JsonException">It is not JSON, or nested more than 64 deep.</exception>
    /// <exception cref="FormatException">JavaScript would not keep it: a number beyond a double, half a surrogate pair.</exception>
    public static byte[] Rewrite(ReadOnlyMemory<byte> json)
    {
        using var document = JsonDocument.Parse(json);
        var output = new ArrayBufferWriter<byte>(Math.Max(256, json.Length));
        Write(new CanonicalJsonWriter(output), document.RootElement);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>Writes a value.</summary>
    /// <exception cref="FormatException">JavaScript would not keep it.</exception>
    internal static void Write(CanonicalJsonWriter json, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var (name, property) in PropertiesOf(value))
                {
                    json.WriteOrderedName(name);
                    Write(json, property);
                }
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray())
                    Write(json, item);
                json.WriteEndArray();
                break;
            case JsonValueKind.String:
                json.WriteString(Text(value.GetString));
                break;
            case JsonValueKind.Number:
                if (!value.TryGetDouble(out var number) || !double.IsFinite(number))
                    throw new FormatException($"The number {Beginning(value.GetRawText())} is larger than JavaScript's numbers.");
                json.WriteNumber(number);
                break;
            case JsonValueKind.True or JsonValueKind.False:
                json.WriteBoolean(value.GetBoolean());
                break;
            default:
                json.WriteNull();
                break;
        }
    }

    private static IEnumerable<KeyValuePair<string, JsonElement>> PropertiesOf(JsonElement value)
    {
        var order = new List<string>();
        var values = new Dictionary<string, JsonElement>(StringComparer.Ordinal);
        foreach (var property in value.EnumerateObject())
        {
            var name = Text(() => property.Name);
            if (!values.ContainsKey(name))
                order.Add(name);
            values[name] = property.Value;
        }
        // The sort is stable: what is no index keeps its place behind those that are.
        return order.OrderBy(name => IndexOf(name) ?? long.MaxValue).Select(name => KeyValuePair.Create(name, values[name]));
    }

    private static long? IndexOf(string name) =>
        uint.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index <= MaxIndex
        && index.ToString(CultureInfo.InvariantCulture) == name
            ? index
            : null;

    private static string Text(Func<string?> read)
    {
        try
        {
            return read()!;
        }
        catch (InvalidOperationException e)
        {
            throw new FormatException("A text has half of a surrogate pair.", e);
        }
    }

    private static string Beginning(string text) => text.Length > 20 ? text[..20] + "…" : text;
}
