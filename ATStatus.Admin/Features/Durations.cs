using System.Globalization;

namespace ATStatus.Admin.Features;

/// <summary>Durations of requests, as logs show them.</summary>
internal static class Durations
{
    /// <summary>"84 ms", "1.24 s".</summary>
    public static string Text(TimeSpan duration) => duration.TotalMilliseconds < 1000
        ? string.Create(CultureInfo.InvariantCulture, $"{Math.Round(duration.TotalMilliseconds):0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.##} s");
}
