using System.Buffers;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>A notification that was there when an event happened and was not subscribed to it.</summary>
/// <param name="Id">Its number; it may have been deleted since.</param>
/// <param name="Name">Its name then.</param>
/// <param name="Why">Why; null where a later version wrote a reason that this one does not know.</param>
public sealed record ExcludedRecipient(int Id, string Name, ExclusionReason? Why)
{
    private static readonly JsonWriterOptions Compact = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>
    /// Divides notifications into those that are subscribed to an event and those that are not; being switched off does not matter here.
    /// </summary>
    public static (List<Notification> Subscribed, List<ExcludedRecipient> Excluded) Divide(IEnumerable<Notification> notifications, EventScope scope)
    {
        var (subscribed, excluded) = (new List<Notification>(), new List<ExcludedRecipient>());
        foreach (var notification in notifications)
        {
            if (notification.ExclusionOf(scope) is { } why)
                excluded.Add(new ExcludedRecipient(notification.Id, notification.Name, why));
            else
                subscribed.Add(notification);
        }
        return (subscribed, excluded);
    }

    /// <summary>As <see cref="StoredEvent.LeftOut"/> keeps them: <c>[{"id":3,"name":"Ops","why":"page"}]</c>; null for none.</summary>
    public static string? Write(IReadOnlyCollection<ExcludedRecipient> excluded)
    {
        if (excluded.Count == 0)
            return null;
        var output = new ArrayBufferWriter<byte>(excluded.Count * 64);
        using (var json = new Utf8JsonWriter(output, Compact))
        {
            json.WriteStartArray();
            foreach (var (id, name, why) in excluded)
            {
                json.WriteStartObject();
                json.WriteNumber("id", id);
                json.WriteString("name", name);
                json.WriteString("why", why?.Code());
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    /// <summary>Reads what <see cref="Write"/> wrote.</summary>
    public static IReadOnlyList<ExcludedRecipient> Read(string? stored)
    {
        if (string.IsNullOrEmpty(stored))
            return [];
        using var json = JsonDocument.Parse(stored);
        return [.. json.RootElement.EnumerateArray().Select(entry => new ExcludedRecipient(
            entry.GetProperty("id").GetInt32(), entry.GetProperty("name").GetString() ?? "", ExclusionReasons.Parse(entry.GetProperty("why").GetString())))];
    }
}
