using System.Globalization;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using MudBlazor;

namespace ATStatus.Admin.Features.Notifications.Types.Webhook;

/// <summary>The plain webhook of the Custom Webhooks document.</summary>
internal static class WebhookType
{
    public static readonly NotificationType Type = new(
        "webhook", "Webhook", Icons.Material.Outlined.Webhook, "A signed JSON POST to an endpoint of yours.", typeof(WebhookFields), PlannedHeaders);

    private static string PlannedHeaders(DeliveryDetail delivery) => string.Create(CultureInfo.InvariantCulture, $"""
        Content-Type: application/json
        User-Agent: ATStatus-Webhook/1.0
        X-Webhook-Event: {delivery.Row.Event.WireName()}
        X-Request-ID: {delivery.RequestId:D}
        Content-Length: {delivery.Payload.Length}
        """);
}
