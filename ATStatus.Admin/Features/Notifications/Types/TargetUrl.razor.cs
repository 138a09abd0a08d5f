using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Types;

/// <summary>Where a notification goes, whatever its type. Tells in good time what a save or a send will find, and never stands in the way of saving.</summary>
public sealed partial class TargetUrl
{
    private EndpointCheck? _check;
    private (string Kind, string Url)? _checked;
    private string? _showProblem;

    [Parameter]
    public string? Placeholder { get; set; }

    [Parameter]
    public string? Help { get; set; }

    [Inject]
    private Permitted<NotificationService> Notifications { get; set; } = default!;

    [Inject]
    private NotificationQueries Queries { get; set; } = default!;

    [Inject]
    private ILogger<TargetUrl> Logger { get; set; } = default!;

    private EndpointCheck? Check => _checked == (Draft.Kind, Draft.Url ?? "") ? _check : null;

    private string? HelpText => Draft.MaskedUrl is not null && Draft.Url == Draft.MaskedUrl
        ? "Shortened, because it can be a credential. Saving keeps it; press Show to see or edit it, or enter another one."
        : Help;

    private string? Error => _showProblem ?? ErrorOf(nameof(Draft.Url)) ?? (Check is { IsAcceptable: false } check ? string.Join(" ", check.Errors) : null);

    private string? Warning => Check is { Warnings.Count: > 0 } check ? string.Join(" ", check.Warnings) : null;

    /// <summary>Puts a URL into the field, as if it had been typed and left.</summary>
    public async Task FillAsync(string url)
    {
        await TypedAsync(url);
        await CheckAsync();
    }

    private async Task ShowOrHideAsync()
    {
        _showProblem = null;
        if (Draft.IsUrlShown)
        {
            Draft.HideUrl();
        }
        else
        {
            try
            {
                if (await Queries.UrlAsync(Draft.StoredUrlOf!.Value) is { } url)
                    Draft.ShowUrl(url);
                else
                    _showProblem = "The stored URL is gone or cannot be decrypted. Enter the URL again.";
            }
            catch (Exception e)
            {
                Logger.LogPageFault(e, "show a URL");
                _showProblem = PageFaults.DisplayText;
            }
        }
        await Edited.InvokeAsync(nameof(Draft.Url));
    }

    private Task TypedAsync(string? url)
    {
        _showProblem = null;
        Draft.Url = url;
        return Edited.InvokeAsync(nameof(Draft.Url));
    }

    // The field is left by pressing the mouse on something below it. A message that appeared at once would push that away
    // before the button is let go, and the click would be lost.
    private async Task LeaveAsync()
    {
        await Task.Delay(TimeSpan.FromMilliseconds(400));
        await CheckAsync();
    }

    private async Task CheckAsync()
    {
        var (kind, url) = (Draft.Kind, Draft.Url);
        if (string.IsNullOrWhiteSpace(url) || url == Draft.MaskedUrl || _checked == (kind, url))
            return;
        EndpointCheck? check = null;
        try
        {
            check = await Notifications.Demand().CheckUrlAsync(kind, url);
        }
        catch (Exception e)
        {
            // Only advice: the save checks again and says what it finds.
            Logger.LogPageFault(e, "check a URL");
        }
        if (kind == Draft.Kind && url == Draft.Url)
        {
            (_check, _checked) = (check, (kind, url));
            StateHasChanged();
        }
    }
}
