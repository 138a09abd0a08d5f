namespace ATStatus.Admin.Hosting.Access;

/// <summary>The names of the authorization policies.</summary>
public static class Policies
{
    /// <summary>Anybody who is signed in. Also what holds for every address that says nothing else.</summary>
    public const string Console = "Console";

    /// <summary>Administrators only.</summary>
    public const string Administrator = "Administrator";

    /// <summary>Administrators, and scrapers with the token.</summary>
    public const string Metrics = "Metrics";
}
