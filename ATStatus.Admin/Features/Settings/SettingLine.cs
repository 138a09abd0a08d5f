using System.Globalization;

namespace ATStatus.Admin.Features.Settings;

/// <summary>One setting as it holds.</summary>
/// <param name="Name">What it is, for people.</param>
/// <param name="Value">What it is set to, or what holds because nothing is set; never a secret.</param>
/// <param name="Key">What it is called in the configuration.</param>
public sealed record SettingLine(string Name, string Value, string Key)
{
    /// <summary>Whether something is done.</summary>
    public static SettingLine Of(string name, bool value, string key) => new(name, value ? "Yes" : "No", key);

    /// <summary>How many.</summary>
    public static SettingLine Of(string name, int value, string key) => new(name, value.ToString("N0", CultureInfo.InvariantCulture), key);

    /// <summary>How long.</summary>
    public static SettingLine Of(string name, TimeSpan value, string key) => new(name, DisplayText(value), key);

    /// <summary>A secret, or what may hold one: only whether it is there.</summary>
    public static SettingLine OfSecret(string name, bool isSet, string key) => new(name, isSet ? "Configured" : "Not configured", key);

    /// <summary>A list; an empty one in words.</summary>
    public static SettingLine Of<T>(string name, IReadOnlyList<T> values, string none, string key) =>
        new(name, values.Count == 0 ? none : string.Join(", ", values), key);

    /// <summary>"10 seconds", "1 minute 30 seconds", "30 days".</summary>
    public static string DisplayText(TimeSpan duration)
    {
        var parts = new List<string>();
        Add(duration.Days, "day");
        Add(duration.Hours, "hour");
        Add(duration.Minutes, "minute");
        Add((double)(duration.Ticks % TimeSpan.TicksPerMinute) / TimeSpan.TicksPerSecond, "second");
        return parts.Count == 0 ? "0 seconds" : string.Join(" ", parts);

        void Add(double count, string unit)
        {
            if (count != 0)
                parts.Add(string.Create(CultureInfo.InvariantCulture, $"{count:0.###} {unit}{(count == 1 ? "" : "s")}"));
        }
    }
}
