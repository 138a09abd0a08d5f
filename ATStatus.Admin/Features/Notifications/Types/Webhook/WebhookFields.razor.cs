using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.Signing;
using ATStatus.Core.TestReceiver;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Types.Webhook;

/// <summary>A webhook's URL and secret.</summary>
public sealed partial class WebhookFields
{
    private EndpointCheck? _check;
    private string? _checkedUrl;
    private string? _generated;

    [Inject]
    private NotificationService Notifications { get; set; } = default!;

    [Inject]
    private ILogger<WebhookFields> Logger { get; set; } = default!;

    private EndpointCheck? Check => _checkedUrl == Draft.Url ? _check : null;

    private string? UrlError => ErrorOf(nameof(Draft.Url)) ?? (Check is { IsAcceptable: false } check ? string.Join(" ", check.Errors) : null);

    private string? UrlWarning => Check is { Warnings.Count: > 0 } check ? string.Join(" ", check.Warnings) : null;

    private bool ShowsGenerated => _generated is not null && Draft.Secret == _generated;

    private string? SecretWarning => Draft.Secret is { Length: > 0 } secret && (char.IsWhiteSpace(secret[0]) || char.IsWhiteSpace(secret[^1]))
        ? "It begins or ends with a blank, which counts as part of the secret."
        : null;

    private string SecretHelp => Draft.RemoveSecret ? "The stored secret will be removed."
        : Draft.HasSecret ? "A secret is stored. Leave this empty to keep it."
        : "Optional. Signs every request, so that the receiver can tell it from a forged one.";

    private string StandardWebhooksHelp => Draft is { StandardWebhooks: true, IsSigned: false }
        ? "Without a secret, webhook-id and webhook-timestamp are sent, but no webhook-signature."
        : "webhook-id, webhook-timestamp and webhook-signature, for receivers that verify with a Standard Webhooks library.";

    private Task UrlTyped(string? url)
    {
        Draft.Url = url;
        return Edited.InvokeAsync(nameof(Draft.Url));
    }

    private async Task UseTestReceiverAsync()
    {
        await UrlTyped(TestReceiverEndpoint.Url);
        await CheckUrlAsync();
    }

    // The field is left by pressing the mouse on something below it. A message that appeared at once would push that away
    // before the button is let go, and the click would be lost.
    private async Task LeaveUrlAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(400));
        await CheckUrlAsync();
    }

    /// <summary>Tells in good time what a save or a send will find. It never stands in the way of saving.</summary>
    private async Task CheckUrlAsync()
    {
        var url = Draft.Url;
        if (string.IsNullOrWhiteSpace(url) || url == _checkedUrl)
            return;
        EndpointCheck? check = null;
        try
        {
            check = await Notifications.CheckUrlAsync(Draft.Kind, url);
        }
        catch (Exception e)
        {
            // Only advice: the save checks again and says what it finds.
            Logger.LogPageFault(e, "check a URL");
        }
        if (url == Draft.Url)
            (_check, _checkedUrl) = (check, url);
    }

    private Task SecretTyped(string? secret)
    {
        Draft.Secret = secret;
        return Edited.InvokeAsync(nameof(Draft.Secret));
    }

    private Task GenerateAsync()
    {
        _generated = WebhookSecret.Generate();
        return SecretTyped(_generated);
    }

    private Task ChooseStandardWebhooksAsync(bool on)
    {
        Draft.StandardWebhooks = on;
        return Edited.InvokeAsync(nameof(Draft.StandardWebhooks));
    }

    private Task RemoveSecretAsync(bool remove)
    {
        Draft.RemoveSecret = remove;
        if (remove)
            Draft.Secret = null;
        return Edited.InvokeAsync(nameof(Draft.Secret));
    }
}
