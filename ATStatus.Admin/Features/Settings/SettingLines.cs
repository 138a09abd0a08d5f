using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Incidents;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Settings;

/// <summary>The console's settings as they hold, in the order in which they are shown.</summary>
internal static class SettingLines
{
    /// <summary>How webhooks are sent and retried.</summary>
    public static IReadOnlyList<SettingLine> Sending(WebhookOptions webhooks) =>
    [
        SettingLine.Of("Timeout per attempt", webhooks.Timeout, "Webhooks:Timeout"),
        SettingLine.Of("Max attempts", webhooks.MaxAttempts, "Webhooks:MaxAttempts"),
        SettingLine.Of("Delay before the first retry", webhooks.RetryBaseDelay, "Webhooks:RetryBaseDelay"),
        new("Backoff factor", Number($"{webhooks.RetryFactor:0.###} times"), "Webhooks:RetryFactor"),
        new("Jitter", Number($"±{webhooks.RetryJitter * 100:0.###} %"), "Webhooks:RetryJitter"),
        SettingLine.Of("Concurrent first attempts", webhooks.Workers, "Webhooks:Workers"),
        SettingLine.Of("Concurrent sends per notification", webhooks.SendsPerNotification, "Webhooks:SendsPerNotification"),
        new("Paused at start", DisplayText(webhooks.StartPaused), "Webhooks:StartPaused"),
        new("Largest payload", Number($"{webhooks.MaxPayload:N0} bytes"), "Webhooks:MaxPayload"),
    ];

    /// <summary>What is done about receivers that fail.</summary>
    public static IReadOnlyList<SettingLine> Failing(WebhookOptions webhooks) =>
    [
        webhooks.CircuitFailures == 0
            ? new("Failures in a row before deliveries are put on hold", "Never", "Webhooks:CircuitFailures")
            : SettingLine.Of("Failures in a row before deliveries are put on hold", webhooks.CircuitFailures, "Webhooks:CircuitFailures"),
        SettingLine.Of("Delay before the first probe", webhooks.CircuitProbeDelay, "Webhooks:CircuitProbeDelay"),
        SettingLine.Of("Resume rate (deliveries per second)", webhooks.DrainPerSecond, "Webhooks:DrainPerSecond"),
        new("Switched off after, without a success", OrNever(webhooks.SwitchOffAfter), "Webhooks:SwitchOffAfter"),
        SettingLine.Of("… and at least this many failed deliveries", webhooks.SwitchOffFailures, "Webhooks:SwitchOffFailures"),
    ];

    /// <summary>Where webhooks may go.</summary>
    public static IReadOnlyList<SettingLine> Targets(WebhookOptions webhooks) =>
    [
        SettingLine.Of("Allowed private networks", webhooks.AllowedNetworks, "None", "Webhooks:AllowedNetworks"),
        SettingLine.Of("HTTPS only", webhooks.RequireHttps, "Webhooks:RequireHttps"),
        SettingLine.Of("Unverified certificates allowed", webhooks.AllowInsecureTls, "Webhooks:AllowInsecureTls"),
        SettingLine.OfSecret("Proxy", webhooks.Proxy is not null, "Webhooks:Proxy"),
    ];

    /// <summary>How long the log keeps what is settled.</summary>
    public static IReadOnlyList<SettingLine> Retention(WebhookOptions webhooks) =>
    [
        new("Delivered deliveries are kept", OrForever(webhooks.KeepDelivered), "Webhooks:KeepDelivered"),
        new("Failed and skipped deliveries are kept", OrForever(webhooks.KeepFailed), "Webhooks:KeepFailed"),
    ];

    /// <summary>How long the audit trail keeps what was done.</summary>
    public static SettingLine Audit(AuditOptions audit) => new("Audit log entries are kept", OrForever(audit.Keep), "Audit:Keep");

    /// <summary>Everything else that may be shown.</summary>
    public static IReadOnlyList<SettingLine> Console(AdminSettings settings, IncidentOptions incidents) =>
    [
        new("Database", settings.Database.Provider.ToString(), "Database:Provider"),
        SettingLine.Of("Reminder for incidents without updates", incidents.RemindAfter, "Incidents:RemindAfter"),
        new("Path", settings.Hosting.PathBase.Length == 0 ? "/" : settings.Hosting.PathBase, "Hosting:PathBase"),
        SettingLine.Of("Trusted proxies", settings.Hosting.KnownProxies, "None", "Hosting:KnownProxies"),
        new("Public URL", settings.Hosting.PublicUrl?.AbsoluteUri ?? "None", "Hosting:PublicUrl"),
        new("Certificate that encrypts the stored keys", DisplayText(settings.DataProtection.Certificate), "DataProtection:Certificate"),
        SettingLine.Of(
            "Previous certificates", [.. settings.DataProtection.Previous.Select(DisplayText)], "None",
            "DataProtection:PreviousCertificates"),
        new("Installation", settings.Hosting.Installation, "Hosting:Installation"),
        new("API requests per minute and key", settings.Api.RequestsPerMinute is { } most ? Number($"{most:N0}") : "Unlimited", "Api:RequestsPerMinute"),
        SettingLine.OfSecret("Metrics token", settings.Telemetry.MetricsToken is not null, "Metrics:Token"),
        SettingLine.OfSecret("Metrics collector", settings.Telemetry.ExportsMetrics, "OTEL_EXPORTER_OTLP_ENDPOINT"),
        SettingLine.OfSecret("Trace collector", settings.Telemetry.ExportsTraces, "OTEL_EXPORTER_OTLP_ENDPOINT"),
    ];

    private static string DisplayText(X509Certificate2? certificate) =>
        certificate is null ? "None" : Number($"{certificate.Subject}, valid until {certificate.NotAfter:d MMM yyyy}");

    private static string DisplayText(PauseAtStart pause) => pause switch
    {
        PauseAtStart.Always => "Always",
        PauseAtStart.Never => "Never",
        _ => "If the database was last used elsewhere and deliveries are waiting",
    };

    private static string OrNever(TimeSpan? duration) => duration is { } known ? SettingLine.DisplayText(known) : "Never";

    private static string OrForever(TimeSpan? duration) => duration is { } known ? SettingLine.DisplayText(known) : "Forever";

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
