using System.Net;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Hosting.Configuration;

/// <summary>Reads the section <c>Webhooks</c>.</summary>
internal static class WebhookSettings
{
    private static readonly IPNetwork[] Loopback = [IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("::1/128")];

    /// <summary>Ten years; for longer there is the word <c>never</c>.</summary>
    private static readonly TimeSpan LongestKept = TimeSpan.FromDays(3650);

    /// <summary>The checked options.</summary>
    /// <param name="configuration">The configuration.</param>
    /// <param name="isDevelopment">Whether loopback is let through when nothing is said.</param>
    public static WebhookOptions Read(IConfiguration configuration, bool isDevelopment)
    {
        var section = new SettingsSection(
            configuration,
            "Webhooks",
            "Timeout", "MaxAttempts", "RetryBaseDelay", "RetryFactor", "RetryJitter", "AllowedNetworks", "RequireHttps", "Workers",
            "SendsPerNotification", "CircuitFailures", "CircuitProbeDelay", "DrainPerSecond", "SwitchOffAfter", "SwitchOffFailures",
            "KeepDelivered", "KeepFailed", "AllowInsecureTls", "Proxy",
            "MaxPayload", "StartPaused");
        var defaults = new WebhookOptions();
        return new WebhookOptions
        {
            // A lease, and the shutdown that waits for it, are longer than this: minutes are enough.
            Timeout = section.Duration("Timeout", defaults.Timeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(5)),
            MaxAttempts = section.Integer("MaxAttempts", defaults.MaxAttempts, 1, 20),
            RetryBaseDelay = section.Duration("RetryBaseDelay", defaults.RetryBaseDelay, TimeSpan.Zero, TimeSpan.FromDays(1)),
            RetryFactor = section.Number("RetryFactor", defaults.RetryFactor, 1, 100),
            RetryJitter = section.Number("RetryJitter", defaults.RetryJitter, 0, 1),
            AllowedNetworks = isDevelopment && !section.Has("AllowedNetworks")
                ? Loopback
                : section.Networks("AllowedNetworks", bareAddresses: false, "CIDR ranges such as 10.0.0.0/8 or fd00::/8"),
            RequireHttps = section.Flag("RequireHttps", defaults.RequireHttps),
            AllowInsecureTls = section.Flag("AllowInsecureTls", defaults.AllowInsecureTls),
            Proxy = section.ProxyUrl("Proxy"),
            Workers = section.Integer("Workers", defaults.Workers, 1, 500),
            SendsPerNotification = section.Integer("SendsPerNotification", defaults.SendsPerNotification, 1, 500),
            CircuitFailures = section.Integer("CircuitFailures", defaults.CircuitFailures, 0, 1000),
            CircuitProbeDelay = section.Duration("CircuitProbeDelay", defaults.CircuitProbeDelay, TimeSpan.FromSeconds(1), WebhookOptions.LongestProbeDelay),
            DrainPerSecond = section.Integer("DrainPerSecond", defaults.DrainPerSecond, 1, 1000),
            SwitchOffAfter = section.DurationOrNever("SwitchOffAfter", defaults.SwitchOffAfter, TimeSpan.FromMinutes(1), TimeSpan.FromDays(365)),
            SwitchOffFailures = section.Integer("SwitchOffFailures", defaults.SwitchOffFailures, 1, 100_000),
            StartPaused = StartPausedOf(section),
            MaxPayload = section.Integer("MaxPayload", defaults.MaxPayload, WebhookOptions.SmallestMaxPayload, WebhookOptions.LargestMaxPayload),
            KeepDelivered = section.DurationOrNever("KeepDelivered", defaults.KeepDelivered, TimeSpan.FromHours(1), LongestKept),
            KeepFailed = section.DurationOrNever("KeepFailed", defaults.KeepFailed, TimeSpan.FromHours(1), LongestKept),
        };
    }

    private static PauseAtStart StartPausedOf(SettingsSection section) => section.Text("StartPaused")?.ToUpperInvariant() switch
    {
        null or "AUTO" => PauseAtStart.Auto,
        "TRUE" => PauseAtStart.Always,
        "FALSE" => PauseAtStart.Never,
        _ => throw section.Wrong("StartPaused", "auto, true or false"),
    };
}
