using System.Security.Cryptography;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries;

/// <summary>Turns a claim into one send by the sender of its kind.</summary>
public sealed class DeliveryTransport(IEnumerable<IDeliverySender> senders, TargetProtector protector, TimeProvider time)
{
    private readonly Dictionary<string, IDeliverySender> _senders = senders.ToDictionary(s => s.Kind, StringComparer.Ordinal);

    /// <summary>Sends once and returns what came of it; throws only for bugs.</summary>
    public async Task<SendResult> SendAsync(Claim claim, CancellationToken cancellationToken)
    {
        SendRequest request;
        try
        {
            request = new SendRequest(
                protector.Url(claim.ProtectedUrl), protector.Secret(claim.ProtectedSecret), claim.EventType.WireName(), claim.RequestId, claim.Payload);
        }
        catch (CryptographicException)
        {
            return new SendResult
            {
                StartedAt = time.GetUtcNow(),
                Duration = TimeSpan.Zero,
                Failure = FailureKind.Connection,
                Error = "Not sent: the stored URL or secret cannot be decrypted, because the keys it was saved with are not in this database. Enter both again.",
            };
        }
        if (!_senders.TryGetValue(claim.Kind, out var sender))
            throw new InvalidOperationException($"No sender for the notification type '{claim.Kind}'.");
        return await sender.SendAsync(request, cancellationToken);
    }
}
