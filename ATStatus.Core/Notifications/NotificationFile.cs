using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using ATStatus.Core.Problems;

namespace ATStatus.Core.Notifications;

/// <summary>
/// A notification as a file carries it from one console to another: names instead of numbers, and nothing that is a secret. No signing
/// secret, no header's value, and the URL only where <see cref="Sending.MaskedUrl"/> has nothing to hide of it: for many services it is the
/// credential.
/// </summary>
public sealed record NotificationEntry
{
    /// <summary>The type: <c>webhook</c>.</summary>
    public string? Type { get; init; }

    /// <summary>Its name.</summary>
    public string? Name { get; init; }

    /// <summary>Its target; where <see cref="UrlIsMasked"/>, what lists show of it.</summary>
    public string? Url { get; init; }

    /// <summary>The URL is not whole and must be entered again.</summary>
    public bool UrlIsMasked { get; init; }

    /// <summary>Its URL must be entered: the file has none, or only what lists show of it.</summary>
    [JsonIgnore]
    public bool NeedsUrl => UrlIsMasked || string.IsNullOrWhiteSpace(Url);

    /// <summary>It signs what it sends; the secret must be entered again.</summary>
    public bool Signed { get; init; }

    /// <summary>The names of the events.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>The slugs of the pages it is limited to; null for all.</summary>
    public IReadOnlyList<string>? StatusPages { get; init; }

    /// <summary>The components it is limited to; null for all.</summary>
    public IReadOnlyList<ComponentEntry>? Components { get; init; }

    /// <summary>The least severity of incidents; null for all.</summary>
    public string? MinSeverity { get; init; }

    /// <summary>The name of the notification that is alerted when this one fails; null for none.</summary>
    public string? Alert { get; init; }

    /// <summary>In order.</summary>
    public bool InOrder { get; init; }

    /// <summary>Standard Webhooks headers as well.</summary>
    public bool StandardWebhooks { get; init; }

    /// <summary>The names of added headers, whose values must be entered again.</summary>
    public IReadOnlyList<string>? Headers { get; init; }

    /// <summary>Which certificates are trusted; null for the system's.</summary>
    public string? TlsTrust { get; init; }

    /// <summary>The certificate that goes with it, as PEM.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>What the type asks for beyond a URL.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }
}

/// <summary>A component by its names.</summary>
/// <param name="StatusPage">The slug of its page.</param>
/// <param name="Name">Its name.</param>
public sealed record ComponentEntry(string? StatusPage, string? Name);

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

    /// <summary>The file's bytes.</summary>
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
