using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.Extensions.Options;

namespace ATStatus.Admin.Hosting.Database;

/// <summary>
/// Makes the next Data Protection key well before the present one ends. Left to Data Protection, it is made by whatever encrypts first in the
/// last two days, which can be within a transaction: on SQLite the key, a write of its own, would wait for that transaction for ever.
/// </summary>
internal sealed partial class KeyRenewal(
    IKeyManager keys, IOptions<KeyManagementOptions> options, DatabaseWritability writability, TimeProvider time, ILogger<KeyRenewal> logger)
    : BackgroundLoop(writability, time, TimeSpan.FromMinutes(1))
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    /// <summary>Longer than the two days in which Data Protection makes one itself.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(5);

    /// <summary>How long other instances may take to read a new key before it is used.</summary>
    private static readonly TimeSpan Propagation = TimeSpan.FromDays(2);

    /// <inheritdoc/>
    protected override Task<TimeSpan?> TurnAsync(CancellationToken stoppingToken)
    {
        var now = Time.GetUtcNow();
        if (options.Value.AutoGenerateKeys && !keys.GetAllKeys().Any(key => !key.IsRevoked && key.ActivationDate <= now + Propagation && key.ExpirationDate > now + Ahead))
        {
            keys.CreateNewKey(now + Propagation, now + Propagation + options.Value.NewKeyLifetime);
            LogMade();
        }
        return Task.FromResult<TimeSpan?>(Interval);
    }

    /// <inheritdoc/>
    protected override void LogFailed(Exception e) => LogNotMade(e);

    [LoggerMessage(LogLevel.Information, "The next key for stored secrets was made.")]
    private partial void LogMade();

    [LoggerMessage(LogLevel.Warning, "The next key for stored secrets could not be made; it is tried again.")]
    private partial void LogNotMade(Exception e);
}
