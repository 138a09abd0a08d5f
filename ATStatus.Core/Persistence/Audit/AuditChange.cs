using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ATStatus.Core.Model;

namespace ATStatus.Core.Persistence.Audit;

/// <summary>Something that was done, on its way to become an <see cref="AuditEntry"/>. Values must be without secrets.</summary>
/// <param name="Name">What the thing is called; null where that is still to be asked for by its number.</param>
internal sealed record AuditChange(AuditAction Action, AuditObject Kind, string? Id, string? Name)
{
    public AuditChange(AuditAction action, AuditObject kind, long id, string? name)
        : this(action, kind, id.ToString(CultureInfo.InvariantCulture), name)
    {
    }

    /// <summary>Who did it.</summary>
    public AuditActor Actor { get; init; } = AuditActor.Current;

    /// <summary>See <see cref="AuditEntry.Before"/>.</summary>
    public IReadOnlyDictionary<string, object?>? Before { get; init; }

    /// <summary>See <see cref="AuditEntry.After"/>.</summary>
    public IReadOnlyDictionary<string, object?>? After { get; init; }

    /// <summary>See <see cref="AuditEntry.EventIds"/>; null for those of the unit of work.</summary>
    public IReadOnlyList<long>? EventIds { get; init; }

    public int Count { get; init; } = 1;
}

/// <summary>Another thing, as a value names it: "API (#3)".</summary>
/// <param name="Suffix">What is said about it here.</param>
internal sealed record AuditReference(AuditObject Kind, string Id, string Suffix = "")
{
    public AuditReference(AuditObject kind, int id, string suffix = "")
        : this(kind, id.ToString(CultureInfo.InvariantCulture), suffix)
    {
    }

    public string TextFor(string? name) => name is null ? $"#{Id}{Suffix}" : $"{name} (#{Id}){Suffix}";
}

/// <summary>Values as entries keep them.</summary>
internal static class AuditValues
{
    /// <summary>What stands for a value that is secret: that there is one, and not which.</summary>
    public const string Hidden = "(hidden)";

    /// <summary>What stands for a secret that is another than before.</summary>
    public const string HiddenAnew = "(hidden, changed)";

    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static string NameOf(string property) => JsonNamingPolicy.SnakeCaseLower.ConvertName(property);

    /// <summary>A JSON object; null for none.</summary>
    /// <param name="nameOf">The name of a thing that is referred to; null where it has none any more.</param>
    public static string? Write(IReadOnlyDictionary<string, object?>? values, Func<AuditReference, string?> nameOf)
    {
        if (values is null)
            return null;
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, Options))
        {
            json.WriteStartObject();
            foreach (var (name, value) in values)
            {
                json.WritePropertyName(name);
                Write(json, value, nameOf);
            }
            json.WriteEndObject();
        }
        return Encoding.UTF8.GetString(buffer.GetBuffer(), 0, (int)buffer.Length);
    }

    /// <summary>Everything that values refer to.</summary>
    public static IEnumerable<AuditReference> ReferencesIn(IReadOnlyDictionary<string, object?>? values) =>
        values?.Values.SelectMany(value => value switch
        {
            AuditReference one => [one],
            IEnumerable<object> many => many.OfType<AuditReference>(),
            _ => Enumerable.Empty<AuditReference>(),
        }) ?? [];

    public static bool Same(object? one, object? other) => (one, other) switch
    {
        (IEnumerable<object> some, IEnumerable<object> others) => some.SequenceEqual(others),
        _ => Equals(one, other),
    };

    private static void Write(Utf8JsonWriter json, object? value, Func<AuditReference, string?> nameOf)
    {
        switch (value)
        {
            case null:
                json.WriteNullValue();
                break;
            case bool flag:
                json.WriteBooleanValue(flag);
                break;
            case int or long:
                json.WriteNumberValue(Convert.ToInt64(value, CultureInfo.InvariantCulture));
                break;
            case DateTime at:
                json.WriteStringValue(at.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture));
                break;
            case AuditReference reference:
                json.WriteStringValue(reference.TextFor(nameOf(reference)));
                break;
            case IReadOnlyDictionary<string, string> texts:
                json.WriteStartObject();
                foreach (var (name, text) in texts)
                    json.WriteString(name, text);
                json.WriteEndObject();
                break;
            case IEnumerable<object> many:
                json.WriteStartArray();
                foreach (var one in many)
                    Write(json, one, nameOf);
                json.WriteEndArray();
                break;
            default:
                json.WriteStringValue(Convert.ToString(value, CultureInfo.InvariantCulture));
                break;
        }
    }
}
