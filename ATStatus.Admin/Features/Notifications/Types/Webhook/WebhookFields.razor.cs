using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.TestReceiver;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Types.Webhook;

/// <summary>What a webhook asks for: its URL, then its secret, then what most people never need.</summary>
public sealed partial class WebhookFields
{
    private EndpointCheck? _check;
    private string? _checkedUrl;

    [Inject]
    private NotificationService Notifications { get; set; } = default!;

    [Inject]
    private ILogger<WebhookFields> Logger { get; set; } = default!;

    private EndpointCheck? Check => _checkedUrl == Draft.Url ? _check : null;

    private string? UrlError => ErrorOf(nameof(Draft.Url)) ?? (Check is { IsAcceptable: false } check ? string.Join(" ", check.Errors) : null);

    private string? UrlWarning => Check is { Warnings.Count: > 0 } check ? string.Join(" ", check.Warnings) : null;

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
}
