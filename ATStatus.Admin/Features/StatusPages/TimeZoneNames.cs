using ATStatus.Core.Model;

namespace ATStatus.Admin.Features.StatusPages;

/// <summary>The IANA time zones to choose from, the common ones first.</summary>
internal static class TimeZoneNames
{
    private static readonly string[] Common =
    [
        "UTC", "Europe/London", "Europe/Berlin", "Europe/Paris", "America/New_York", "America/Chicago", "America/Los_Angeles", "America/Sao_Paulo",
        "Asia/Dubai", "Asia/Kolkata", "Asia/Singapore", "Asia/Tokyo", "Australia/Sydney",
    ];

    /// <summary>Only what this system knows: the service refuses the rest.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Common.Where(name => PageTimeZone.TryFind(name, out _))
        .Concat(TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.HasIanaId && zone.Id.Contains('/', StringComparison.Ordinal)).Select(zone => zone.Id).Order(StringComparer.Ordinal))
        .Distinct()];
}
