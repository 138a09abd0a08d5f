using System.Text;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.DeliveryLog;

/// <summary>
/// The requests of those types that write a message of their own. Attempts keep no body: the message is written again from the stored event,
/// with the notification's settings as they are now. And bodies that are yet to be rendered, as they would be now.
/// </summary>
public sealed class SentMessages(IDbContextFactory<AtStatusDbContext> contexts, IEnumerable<IDeliverySender> senders, PublicPageUrls pages, BodyRendering bodies)
{
    private static bool IsUnrendered(DeliveryDetail delivery) =>
        delivery is { BodyText: null, Row.IsTest: false } && (delivery.BodyKind is null ? delivery.Row.AttemptCount == 0 : delivery.Combined is null);

    /// <summary>The body that a delivery's next attempt would have; null where that is the stored event itself, or nobody can say.</summary>
    public async Task<string?> RenderAsync(DeliveryDetail delivery, CancellationToken cancellationToken = default)
    {
        if (senders.FirstOrDefault(sender => sender.Kind == delivery.Kind) is not { } sender || !(sender.NamesPage || IsUnrendered(delivery)))
            return null;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var options = await db.Notifications.AsNoTracking().Where(n => n.Id == delivery.Row.NotificationId).Select(n => n.Transport.Options)
            .SingleOrDefaultAsync(cancellationToken);
        if (!sender.NamesPage)
        {
            var storedEvent = await db.Events.AsNoTracking().SingleAsync(e => e.Id == delivery.EventId, cancellationToken);
            return options is null or { Body: BodyKind.Documented } ? null
                : (await bodies.RenderAsync(options, storedEvent, delivery.RequestId, cancellationToken)) is { Content: { } content } ? Encoding.UTF8.GetString(content)
                : null;
        }
        var page = await db.Events.AsNoTracking().Where(e => e.Id == delivery.EventId).Select(e => e.StatusPageId).SingleOrDefaultAsync(cancellationToken);
        try
        {
            var body = sender.BodyOf(delivery.Combined ?? delivery.Payload, (options ?? new()).Settings, await pages.FindAsync(page, cancellationToken));
            return Encoding.UTF8.GetString(body.Span);
        }
        catch (FormatException)
        {
            return null;
        }
    }
}
