using ATStatus.Core.Access;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>Reads the section <c>Access</c>.</summary>
internal static class AccessSettings
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMinutes(5), Longest = TimeSpan.FromDays(365);

    /// <summary>The checked options.</summary>
    public static SessionLimits Read(IConfiguration configuration)
    {
        var section = new SettingsSection(configuration, "Access", "SessionIdle", "SessionLifetime");
        var defaults = new SessionLimits();
        return new SessionLimits
        {
            Idle = section.Duration("SessionIdle", defaults.Idle, Shortest, Longest),
            Lifetime = section.Duration("SessionLifetime", defaults.Lifetime, Shortest, Longest),
        };
    }
}
