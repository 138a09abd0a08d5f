using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Deliveries.Telemetry;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Deliveries;

/// <summary>Turns a claim into one send by the sender of its kind.</summary>
public sealed partial class DeliveryTransport(
    IEnumerable<IDeliverySender> senders,
    TargetProtector protector,
    PublicPageUrls pages,
    DeliveryMetrics metrics,
    TimeProvider time,
    ILogger<DeliveryTransport> logger)
{
    private readonly Dictionary<string, IDeliverySender> _senders = senders.ToDictionary(s => s.Kind, StringComparer.Ordinal);

    /// <summary>
    /// Sends once and returns what came of it. A bug on the way is logged and counts as a failed attempt too: thrown, it
    /// would leave the delivery claimed, to fail the same way again without end.
    /// </summary>
    [SuppressMessage("Design", "CA1031", Justification = "Whatever it is, the attempt failed, and the log says so.")]
    public async Task<SendResult> SendAsync(Claim claim, CancellationToken cancellationToken)
    {
        if (claim.BodyProblem is { } problem)
            return Failed(problem, FailureKind.Template);
        SendRequest request;
        try
        {
            request = RequestOf(claim);
        }
        catch (CryptographicException)
        {
            return Failed(FailureCause.KeysLost.DisplayText());
        }
        if (!_senders.TryGetValue(claim.Kind, out var sender))
            return Failed($"Not sent: this version has no sender for notifications of the type '{claim.Kind}'.");
        using var trace = DeliveryTracing.BeginPost(claim, request.Url);
        try
        {
            if (sender.NamesPage)
                request = request with { PageUrl = await pages.FindAsync(claim.StatusPageId, cancellationToken) };
            var result = await sender.SendAsync(request, cancellationToken);
            DeliveryTracing.Sent(trace, result);
            if (!claim.Row.IsTest)
                metrics.Sent(result);
            return result;
        }
        catch (Exception e)
        {
            LogSendBroke(e, claim.DeliveryId);
            trace?.SetStatus(ActivityStatusCode.Error);
            return Failed(FailureCause.ConsoleFault.DisplayText());
        }
    }

    /// <exception cref="CryptographicException">The keys that encrypted the target are gone.</exception>
    private SendRequest RequestOf(Claim claim)
    {
        var target = claim.Target;
        return new SendRequest(
            protector.Url(target.ProtectedUrl), protector.Secret(target.ProtectedSecret), claim.EventType.WireName(), claim.RequestId, claim.Payload)
        {
            PreviousSecret = protector.Secret(target.PreviousProtectedSecret),
            Headers = protector.Headers(target.ProtectedHeaders),
            Options = target.Options,
            BodyKind = claim.BodyKind,
        };
    }

    private SendResult Failed(string error, FailureKind failure = FailureKind.Connection) => new()
    {
        StartedAt = time.GetUtcNow(),
        Duration = TimeSpan.Zero,
        Failure = failure,
        Error = error,
    };

    [LoggerMessage(LogLevel.Error, "Sending delivery {DeliveryId} failed inside the console.")]
    private partial void LogSendBroke(Exception e, long deliveryId);
}
