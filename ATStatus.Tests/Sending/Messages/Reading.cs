using System.Text.Json;

namespace ATStatus.Tests.Sending.Messages;

/// <summary>A message's JSON, walked by path.</summary>
internal static class Reading
{
    public static JsonElement Json(ReadOnlyMemory<byte> body) => JsonDocument.Parse(body).RootElement;

    /// <summary>A property's text; null where there is none.</summary>
    public static string? Text(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.GetString() : null;

    /// <summary>The items of an array; none where there is none.</summary>
    public static IEnumerable<JsonElement> Items(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var value) ? value.EnumerateArray() : [];

    /// <summary>What an object holds beyond the properties a document names.</summary>
    public static IEnumerable<string> Beyond(this JsonElement element, params string[] known) =>
        element.EnumerateObject().Select(property => property.Name).Except(known);
}
