using ATStatus.Core.Incidents;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>Reads the section <c>Incidents</c>.</summary>
internal static class IncidentSettings
{
    /// <summary>The checked options.</summary>
    public static IncidentOptions Read(IConfiguration configuration)
    {
        var section = new SettingsSection(configuration, "Incidents", "RemindAfter");
        var defaults = new IncidentOptions();
        return new IncidentOptions
        {
            RemindAfter = section.Duration("RemindAfter", defaults.RemindAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)),
        };
    }
}
