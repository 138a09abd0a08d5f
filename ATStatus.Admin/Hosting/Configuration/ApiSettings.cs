namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>The keys of the section <c>Api</c>.</summary>
/// <param name="RequestsPerMinute">How many requests a key may make in a minute, on each instance; null for as many as it likes.</param>
internal sealed record ApiSettings(int? RequestsPerMinute)
{
    private const int Default = 600;
    private const int Most = 1_000_000;

    /// <summary>Reads the section.</summary>
    public static ApiSettings Read(IConfiguration configuration)
    {
        var section = new SettingsSection(configuration, "Api", "RequestsPerMinute");
        return new ApiSettings(section.IntegerOrNever("RequestsPerMinute", Default, 1, Most));
    }
}
