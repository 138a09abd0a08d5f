using System.Globalization;
using ATStatus.Core.Recovery;

namespace ATStatus.Admin.Features.Notifications.Recoveries;

/// <summary>How counts are written.</summary>
internal static class RecoveryText
{
    /// <summary>"1,234 deliveries (1,200 skipped, 34 failed)".</summary>
    public static string Of(RecoveryCount count)
    {
        var parts = new List<string>();
        if (count.Skipped > 0)
            parts.Add($"{Number(count.Skipped)} skipped");
        if (count.Failed > 0)
            parts.Add($"{Number(count.Failed)} failed");
        return $"{(count.Total == 1 ? "1 delivery" : $"{Number(count.Total)} deliveries")} ({string.Join(", ", parts)})";
    }

    /// <summary>"1,234".</summary>
    public static string Number(int count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
