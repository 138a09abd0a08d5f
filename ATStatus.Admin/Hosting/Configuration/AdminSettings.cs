using System.Net;
using ATStatus.Core.Access;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>The whole configuration of the console (contract section 4), read once and checked at start.</summary>
/// <param name="Database">The provider and its connection string.</param>
/// <param name="SqliteFile">The absolute path of the database file; null with SQL Server.</param>
/// <param name="Webhooks">How webhooks are sent.</param>
/// <param name="Incidents">How incidents are watched.</param>
/// <param name="FirstAccount">The account to make when there is none; null when it is made through the set-up link.</param>
/// <param name="Hosting">Where the console stands.</param>
/// <param name="Telemetry">Who may read the metrics, and where they and traces are sent.</param>
/// <param name="Access">How long sessions last.</param>
/// <param name="OpenIdConnect">Whose people may sign in besides; null where there is no such provider.</param>
/// <param name="Audit">How long the audit trail is kept.</param>
/// <param name="DataProtection">What the stored keys are encrypted with.</param>
/// <param name="Api">How much the API takes.</param>
internal sealed record AdminSettings(
    DatabaseOptions Database, string? SqliteFile, WebhookOptions Webhooks, IncidentOptions Incidents, FirstAccountSettings? FirstAccount,
    HostingSettings Hosting, TelemetrySettings Telemetry, SessionLimits Access, OpenIdConnectSettings? OpenIdConnect, AuditOptions Audit,
    DataProtectionSettings DataProtection, ApiSettings Api)
{
    /// <summary>Reads and checks every key.</summary>
    /// <exception cref="StartRefusedException">A value is wrong; the message names its key and what it takes.</exception>
    public static AdminSettings Read(IConfiguration configuration, IHostEnvironment environment)
    {
        var webhooks = WebhookSettings.Read(configuration, environment.IsDevelopment());
        // An event's job and a send each hold a worker.
        var workers = 2 * webhooks.Workers + webhooks.RetryWorkers;
        var (database, file) = DatabaseSettings.Read(configuration, environment.ContentRootPath, workers);
        var settings = new AdminSettings(
            database,
            file,
            webhooks,
            IncidentSettings.Read(configuration),
            FirstAccountSettings.Read(configuration),
            HostingSettings.Read(configuration),
            TelemetrySettings.Read(configuration),
            AccessSettings.Read(configuration),
            OpenIdConnectSettings.Read(configuration),
            AuditSettings.Read(configuration),
            DataProtectionSettings.Read(configuration, environment.ContentRootPath),
            ApiSettings.Read(configuration));
        ListenAddresses.Check(configuration);
        return settings;
    }
}

/// <summary>The keys <c>Admin:Email</c> and <c>Admin:Password</c>.</summary>
internal sealed record FirstAccountSettings(string Email, string Password)
{
    /// <summary>Reads the section; the password's strength is judged when the account is made.</summary>
    public static FirstAccountSettings? Read(IConfiguration configuration)
    {
        var section = new SettingsSection(configuration, "Admin", "Email", "Password");
        var email = section.Text("Email");
        // A password is taken as it stands, blanks included.
        var password = configuration["Admin:Password"];
        if (email is null && string.IsNullOrEmpty(password))
            return null;
        if (email is null)
            throw new StartRefusedException("Admin:Email is missing: with Admin:Password it takes the e-mail address of the first account.");
        if (string.IsNullOrEmpty(password))
            throw new StartRefusedException("Admin:Password is missing: with Admin:Email it takes the password of the first account.");
        if (!EmailAddress.IsValid(email))
            throw section.Wrong("Email", "an e-mail address such as admin@example.com");
        return new FirstAccountSettings(email, password);
    }

    /// <summary>Never with the password.</summary>
    public override string ToString() => $"{nameof(FirstAccountSettings)} {{ {Email} }}";
}

/// <summary>The keys of the section <c>Hosting</c>.</summary>
/// <param name="PathBase">The sub-path, such as <c>/ops</c>; empty when there is none.</param>
/// <param name="KnownProxies">Whose forwarded headers are believed.</param>
/// <param name="PublicUrl">The console's address for browsers, path base included; null where it is not said.</param>
/// <param name="Installation">What tells this installation from others: the machine's name unless configured.</param>
internal sealed record HostingSettings(string PathBase, IReadOnlyList<IPNetwork> KnownProxies, Uri? PublicUrl, string Installation)
{
    /// <summary>What cookies are limited to.</summary>
    public string CookiePath => PathBase.Length == 0 ? "/" : PathBase;

    /// <summary>Reads the section.</summary>
    public static HostingSettings Read(IConfiguration configuration)
    {
        var section = new SettingsSection(configuration, "Hosting", "PathBase", "KnownProxies", "PublicUrl", "Installation");
        return new HostingSettings(
            PathBaseOf(section),
            section.Networks("KnownProxies", bareAddresses: true, "addresses or CIDR ranges such as 10.0.0.5 or 10.0.0.0/8"),
            section.WebAddress("PublicUrl"),
            InstallationOf(section));
    }

    private static string InstallationOf(SettingsSection section)
    {
        var name = section.Text("Installation") ?? Environment.MachineName;
        return name.Length <= DatabaseIdentity.UsedByLength && !name.Any(char.IsControl)
            ? name
            : throw section.Wrong("Installation", $"a name of at most {DatabaseIdentity.UsedByLength} characters, without control characters");
    }

    private static string PathBaseOf(SettingsSection section)
    {
        var path = section.Text("PathBase")?.TrimEnd('/') ?? "";
        var segments = path.Split('/');
        var isPath = path.Length == 0
            || (segments[0].Length == 0 && segments.Skip(1).All(s => s.Length > 0 && s is not ("." or "..") && s.All(IsPlain)));
        return isPath ? path : throw section.Wrong("PathBase", "a path such as /status, of letters, digits, '-', '_', '.' and '~'");
    }

    private static bool IsPlain(char c) => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.' or '~';
}
