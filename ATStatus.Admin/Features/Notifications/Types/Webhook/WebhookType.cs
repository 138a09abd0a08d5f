using System.Globalization;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using ATStatus.Core.Sending.Webhook;
using MudBlazor;

namespace ATStatus.Admin.Features.Notifications.Types.Webhook;

/// <summary>The plain webhook of the Custom Webhooks document.</summary>
internal sealed class WebhookType : NotificationType
{
    /// <inheritdoc />
    public override string Kind => WebhookSender.KindName;

    /// <inheritdoc />
    public override string Label => "Webhook";

    /// <inheritdoc />
    public override string Icon => Icons.Material.Outlined.Webhook;

    /// <inheritdoc />
    public override string Description => "A signed JSON POST to an endpoint of yours.";

    /// <inheritdoc />
    public override Type FieldsComponent => typeof(WebhookFields);

    /// <inheritdoc />
    public override Type PreviewComponent => typeof(WebhookPreview);

    /// <inheritdoc />
    public override bool HasSecret => true;

    /// <inheritdoc />
    public override string PlannedHeaders(DeliveryDetail delivery, int bodyLength) => string.Create(CultureInfo.InvariantCulture, $"""
        Content-Type: {(delivery.BodyKind ?? BodyKind.Documented).ContentType()}
        User-Agent: ATStatus-Webhook/1.0
        X-Webhook-Event: {delivery.Row.Event.WireName()}
        X-Request-ID: {delivery.RequestId:D}
        Content-Length: {bodyLength}
        """);
}
