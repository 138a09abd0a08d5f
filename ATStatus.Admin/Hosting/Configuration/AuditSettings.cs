using ATStatus.Core.Access.Audit;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>Reads the section <c>Audit</c>.</summary>
internal static class AuditSettings
{
    private static readonly TimeSpan Shortest = TimeSpan.FromDays(1), Longest = TimeSpan.FromDays(36_500);

    /// <summary>The checked options.</summary>
    public static AuditOptions Read(IConfiguration configuration)
    {
        var section = new SettingsSection(configuration, "Audit", "Keep");
        return new AuditOptions { Keep = section.DurationOrNever("Keep", new AuditOptions().Keep, Shortest, Longest) };
    }
}
