using System.Collections.ObjectModel;

namespace ATStatus.Core.Sending;

/// <summary>What a sender says about the settings of its kind. All texts are for the form.</summary>
/// <param name="Settings">The settings as they should be stored: trimmed, and only those that say something.</param>
/// <param name="Errors">Why a setting cannot be saved, by its name.</param>
public sealed record SettingsCheck(IReadOnlyDictionary<string, string> Settings, IReadOnlyDictionary<string, string> Errors)
{
    /// <summary>The kind asks for nothing beyond a URL.</summary>
    public static SettingsCheck None { get; } = new(ReadOnlyDictionary<string, string>.Empty, ReadOnlyDictionary<string, string>.Empty);
}
