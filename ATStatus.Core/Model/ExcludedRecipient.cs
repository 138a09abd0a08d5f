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
    /// Divides notifications into those that want to hear of an event and those that do not; being switched off does not matter here.
    /// </summary>
    public static (List<Notification> Told, List<ExcludedRecipient> ExcludedRecipient) Divide(IEnumerable<Notification> notifications, EventScope scope)
    {
        var (told, leftOut) = (new List<Notification>(), new List<ExcludedRecipient>());
        foreach (var notification in notifications)
        {
            if (notification.ExclusionOf(scope) is { } why)
                leftOut.Add(new ExcludedRecipient(notification.Id, notification.Name, why));
            else
                told.Add(notification);
        }
        return (told, leftOut);
    }

    /// <summary>As <see cref="StoredEvent.ExcludedRecipient"/> keeps them: <c>[{"id":3,"name":"Ops","why":"page"}]</c>; null for none.</summary>
    public static string? Write(IReadOnlyCollection<ExcludedRecipient> leftOut)
    {
        if (leftOut.Count == 0)
            return null;
        var output = new ArrayBufferWriter<byte>(leftOut.Count * 64);
        using (var json = new Utf8JsonWriter(output, Compact))
        {
            json.WriteStartArray();
            foreach (var (id, name, why) in leftOut)
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
