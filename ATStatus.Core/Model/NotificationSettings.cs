using System.Collections.ObjectModel;
using System.Text.Json;
using ATStatus.Core.Notifications;

namespace ATStatus.Core.Model;

/// <summary>What a type asks for beyond a URL, as it is stored: one JSON object of texts. No secrets.</summary>
public static class NotificationSettings
{
    /// <summary>The settings as one text, in the order of their names; null where there are none.</summary>
    public static string? Write(IReadOnlyDictionary<string, string> settings)
    {
        ArgumentNullException.ThrowIfNull(settings);
        return settings.Count == 0 ? null : JsonSerializer.Serialize(new SortedDictionary<string, string>(
            settings.ToDictionary(StringComparer.Ordinal), StringComparer.Ordinal));
    }

    /// <summary>The settings again.</summary>
    public static IReadOnlyDictionary<string, string> Read(string? stored) => stored is null
        ? ReadOnlyDictionary<string, string>.Empty
        : JsonSerializer.Deserialize<Dictionary<string, string>>(stored)!;

    /// <summary>The key of a setting's field among a form's errors.</summary>
    /// <param name="name">The setting's name.</param>
    public static string FieldOf(string name) => $"{nameof(NotificationInput.Settings)}-{name}";
}
