using ATStatus.Core.TestReceiver;

namespace ATStatus.Admin.Features.Notifications.Types.Webhook;

/// <summary>What a webhook asks for: its URL, then its secret, then what most people never need.</summary>
public sealed partial class WebhookFields
{
    private TargetUrl? _url;

    private Task UseTestReceiverAsync() => _url!.FillAsync(TestReceiverEndpoint.Url);
}
