using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;

namespace ATStatus.Core.Deliveries;

/// <summary>Renders the bodies of deliveries whose notification asks for another form than the documented one.</summary>
public sealed class BodyRendering(PublicPageUrls pages, WebhookOptions options)
{
    /// <summary>Renders a delivery's body. It takes its time, and the database may be asked: not within a transaction.</summary>
    public async Task<RenderedBody> RenderAsync(
        SendOptions sendOptions, StoredEvent storedEvent, Guid requestId, CancellationToken cancellationToken = default)
    {
        // Only Statuspage's form has a place for it.
        var page = sendOptions.Body == BodyKind.Statuspage && storedEvent.StatusPageId > 0
            ? await pages.FindAsync(storedEvent.StatusPageId, cancellationToken)
            : null;
        return BodyRenderer.Render(sendOptions, new BodySource(storedEvent.Payload, requestId, storedEvent.ComponentIds, page), options.MaxPayload);
    }
}
