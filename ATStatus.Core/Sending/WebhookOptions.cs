using System.Net;

namespace ATStatus.Core.Sending;

/// <summary>Whether a start pauses all sending.</summary>
public enum PauseAtStart
{
    /// <summary>Where deliveries wait and the database was last used elsewhere.</summary>
    Auto,

    /// <summary>At every start.</summary>
    Always,

    /// <summary>At none.</summary>
    Never,
}

/// <summary>How webhooks are sent and retried: the configuration section <c>Webhooks</c>. The host validates it at start.</summary>
public sealed class WebhookOptions
{
    /// <summary>The limit of one whole attempt: name look-up, connect, TLS and the response's headers. 10 seconds by default.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>How many attempts a round has in all, the first one included. 3 by default.</summary>
    public int MaxAttempts { get; set; } = 3;

    /// <summary>The wait before the second attempt. 1 minute by default.</summary>
    public TimeSpan RetryBaseDelay { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>By how much each wait is longer than the one before. 5 by default: 1 minute, then 5 minutes.</summary>
    public double RetryFactor { get; set; } = 5;

    /// <summary>The share by which a wait varies at random, both ways. 0.1 by default: ±10 %.</summary>
    public double RetryJitter { get; set; } = 0.1;

    /// <summary>Address ranges that <see cref="AddressGuard"/> lets through although it guards them. None by default.</summary>
    public IReadOnlyList<IPNetwork> AllowedNetworks { get; set; } = [];

    /// <summary>Whether <c>http://</c> URLs are refused, in the form and when sending. Off by default: the form only warns.</summary>
    public bool RequireHttps { get; set; }

    /// <summary>Whether a notification may skip the verification of its receiver's certificate. Off by default.</summary>
    public bool AllowInsecureTls { get; set; }

    /// <summary>
    /// An HTTP proxy that every request goes through, its user and password in the URL where it asks for them; null for none. Names are
    /// looked up by the proxy then, so it must guard addresses itself. Never shown or logged whole.
    /// </summary>
    public Uri? Proxy { get; set; }

    /// <summary>Whether a start pauses all sending. By default where a copy of the database would send what waits.</summary>
    public PauseAtStart StartPaused { get; set; }

    /// <summary>How many first attempts run at a time. 50 by default.</summary>
    public int Workers { get; set; } = 50;

    /// <summary>The most sends at once to one notification. 4 by default.</summary>
    public int SendsPerNotification { get; set; } = 4;

    /// <summary>How many attempts in a row fail before a notification's circuit opens. 10 by default; 0: never.</summary>
    public int CircuitFailures { get; set; } = 10;

    /// <summary>
    /// The wait from the opening of a circuit to its first probe; each further wait is twice as long, up to
    /// <see cref="LongestProbeDelay"/>. 30 seconds by default.
    /// </summary>
    public TimeSpan CircuitProbeDelay { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest wait between two probes.</summary>
    public static readonly TimeSpan LongestProbeDelay = TimeSpan.FromMinutes(15);

    /// <summary>How many held deliveries a second go to a notification whose circuit has just closed; doubles every 30 seconds. 10 by default.</summary>
    public int DrainPerSecond { get; set; } = 10;

    /// <summary>How long a notification may be without a success before it is switched off. 5 days by default; null: never.</summary>
    public TimeSpan? SwitchOffAfter { get; set; } = TimeSpan.FromDays(5);

    /// <summary>How many deliveries must have failed in that time for it to be switched off. 10 by default.</summary>
    public int SwitchOffFailures { get; set; } = 10;

    /// <summary>
    /// The largest payload that what a person saves may raise, in bytes. 256 KiB by default. What the clock raises is not held to it: a
    /// limit that was lowered must not stop maintenance from starting.
    /// </summary>
    public int MaxPayload { get; set; } = 256 * 1024;

    /// <summary>The smallest limit that can be set: every component event keeps within it.</summary>
    public const int SmallestMaxPayload = 1024;

    /// <summary>The largest limit that can be set: 10 MiB.</summary>
    public const int LargestMaxPayload = 10 * 1024 * 1024;

    /// <summary>How long a delivered delivery is kept after it was settled. 30 days by default; null: forever.</summary>
    public TimeSpan? KeepDelivered { get; set; } = TimeSpan.FromDays(30);

    /// <summary>How long a failed or skipped delivery is kept after it was settled. 90 days by default; null: forever.</summary>
    public TimeSpan? KeepFailed { get; set; } = TimeSpan.FromDays(90);

    /// <summary>How many retries run at a time: they have workers of their own.</summary>
    public int RetryWorkers => Math.Max(10, Workers / 2);
}
