using ATStatus.Core.Model;

namespace ATStatus.Admin.Hosting.Access;

/// <summary>The names of the authorization policies: one for each <see cref="Right"/>, named as it is, and these.</summary>
public static class Policies
{
    /// <summary>Anybody who is signed in. Also what holds for every address that says nothing else.</summary>
    public const string Console = "Console";

    /// <summary>Administrators, and scrapers with the token.</summary>
    public const string Metrics = "Metrics";

    // For attributes, which take constants.
    public const string SeePayloads = nameof(Right.SeePayloads);
    public const string Redeliver = nameof(Right.Redeliver);
    public const string WriteStatus = nameof(Right.WriteStatus);
    public const string WriteNotifications = nameof(Right.WriteNotifications);
    public const string Administer = nameof(Right.Administer);
}
