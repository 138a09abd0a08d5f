using System.Net;

namespace ATStatus.Core.Sending;

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

    /// <summary>How many first attempts run at a time. 50 by default.</summary>
    public int Workers { get; set; } = 50;
}
