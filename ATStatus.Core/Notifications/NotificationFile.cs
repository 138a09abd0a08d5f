using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ATStatus.Core.Problems;

namespace ATStatus.Core.Notifications;

/// <summary>The file: writes and reads <see cref="NotificationEntry"/>.</summary>
public static class NotificationFile
{
    /// <summary>The longest file that is read, in bytes.</summary>
    public const int MaxLength = 1024 * 1024;

    /// <summary>The most notifications in one file.</summary>
    public const int MaxCount = 200;

    /// <summary>What the first property says.</summary>
    public const string Format = "atstatus-notifications";

    private const int Version = 1;

    private static readonly JsonSerializerOptions Options = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingDefault,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        WriteIndented = true,
        MaxDepth = 8,
    };

    private sealed record Whole(string Format, int Version, IReadOnlyList<NotificationEntry> Notifications);

    public static byte[] Write(IReadOnlyList<NotificationEntry> entries) => JsonSerializer.SerializeToUtf8Bytes(new Whole(Format, Version, entries), Options);

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidInputException">It is none, or of a version that is not known; the message says where.</exception>
    public static IReadOnlyList<NotificationEntry> Read(ReadOnlyMemory<byte> file)
    {
        if (file.Length > MaxLength)
            throw Wrong($"The file is larger than {MaxLength / 1024} KiB.");
        try
        {
            using var json = JsonDocument.Parse(TextOf(file), new JsonDocumentOptions { MaxDepth = 8 });
            if (json.RootElement is not { ValueKind: JsonValueKind.Object } root
                || !root.TryGetProperty("format", out var format) || format.ValueKind != JsonValueKind.String || format.GetString() != Format)
                throw Wrong("This is no file of exported notifications.");
            if (!root.TryGetProperty("version", out var version) || version.ValueKind != JsonValueKind.Number || !version.TryGetInt32(out var number) || number != Version)
                throw Wrong("The file was written by another version of the console, which this one does not understand.");
            if (!root.TryGetProperty("notifications", out var list) || list.ValueKind != JsonValueKind.Array || list.GetArrayLength() == 0)
                throw Wrong("There is no notification in the file.");
            if (list.GetArrayLength() > MaxCount)
                throw Wrong($"There are more than {MaxCount} notifications in the file.");
            return [.. list.EnumerateArray().Select(ReadEntry)];
        }
        catch (Exception e) when (e is JsonException or DecoderFallbackException)
        {
            throw Wrong("Not a JSON file, or not in UTF-8.");
        }
    }

    /// <summary>As editors save it: a byte order mark says UTF-8, UTF-16 or UTF-32; without one it is UTF-8.</summary>
    private static string TextOf(ReadOnlyMemory<byte> file)
    {
        using var reader = new StreamReader(new MemoryStream(file.ToArray()), new UTF8Encoding(false, throwOnInvalidBytes: true), detectEncodingFromByteOrderMarks: true);
        return reader.ReadToEnd();
    }

    private static NotificationEntry ReadEntry(JsonElement entry, int index)
    {
        try
        {
            return entry.Deserialize<NotificationEntry>(Options) ?? throw Wrong($"Notification {index + 1} in the file is empty.");
        }
        catch (JsonException e)
        {
            // The path is the file's own names; the message would be the serializer's.
            throw Wrong($"Notification {index + 1} in the file cannot be read at {(string.IsNullOrEmpty(e.Path) ? "its beginning" : e.Path.TrimStart('$', '.'))}.");
        }
    }

    private static InvalidInputException Wrong(string message) => new(new Dictionary<string, string> { ["File"] = message });
}
