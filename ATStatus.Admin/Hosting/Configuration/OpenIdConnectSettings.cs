using ATStatus.Core.Model;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>The identity provider of the section <c>OpenIdConnect</c>.</summary>
/// <param name="Authority">Where its configuration is found.</param>
/// <param name="ClientId">What the provider calls this console.</param>
/// <param name="ClientSecret">What the console shows it; null for a public client.</param>
/// <param name="Name">What the sign-in page calls it.</param>
/// <param name="RoleClaim">The claim whose values are mapped to roles.</param>
/// <param name="RoleOf">The role of each value that gives one.</param>
internal sealed record OpenIdConnectSettings(
    Uri Authority, string ClientId, string? ClientSecret, string Name, string RoleClaim, IReadOnlyDictionary<string, string> RoleOf)
{
    /// <summary>Reads the section; null where there is no provider.</summary>
    public static OpenIdConnectSettings? Read(IConfiguration configuration)
    {
        string[] others = ["ClientId", "ClientSecret", "Name", "RoleClaim", "AdminValue", "EditorValue", "ViewerValue"];
        var section = new SettingsSection(configuration, "OpenIdConnect", ["Authority", .. others]);
        if (section.WebAddress("Authority") is not { } authority)
        {
            return Array.Find(others, section.Has) is { } lonely
                ? throw new StartRefusedException($"OpenIdConnect:Authority is missing: with OpenIdConnect:{lonely} it takes the address of the identity provider.")
                : null;
        }
        var roles = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, role) in (IEnumerable<(string, string)>)[("AdminValue", Roles.Admin), ("EditorValue", Roles.Editor), ("ViewerValue", Roles.Viewer)])
        {
            if (section.Text(key) is { } value && !roles.TryAdd(value, role))
                throw section.Wrong(key, "a value of its own: another role has this one");
        }
        if (roles.Count == 0)
            throw new StartRefusedException("OpenIdConnect:AdminValue, EditorValue and ViewerValue are missing: at least one takes a value of the claim, or nobody could sign in.");
        return new OpenIdConnectSettings(
            authority,
            section.Text("ClientId") ?? throw new StartRefusedException("OpenIdConnect:ClientId is missing: with OpenIdConnect:Authority it takes the console's client id."),
            section.Secret("ClientSecret"),
            section.Text("Name") ?? authority.Host,
            section.Text("RoleClaim") ?? "roles",
            roles);
    }

    /// <summary>The role of the highest of these values; null where none gives one.</summary>
    public string? HighestRole(IEnumerable<string> values)
    {
        var given = values.Select(RoleOf.GetValueOrDefault).ToHashSet();
        return Roles.All.LastOrDefault(given.Contains);
    }

    /// <summary>Never with the secret.</summary>
    public override string ToString() => $"{nameof(OpenIdConnectSettings)} {{ {Authority} }}";
}
