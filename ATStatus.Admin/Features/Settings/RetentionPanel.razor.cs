using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Settings;

/// <summary>What retention has removed, drawn by day. It reads for itself: the settings are shown although the database does not answer.</summary>
public sealed partial class RetentionPanel : IDisposable
{
    private const int Days = 30;
    private readonly CancellationTokenSource _gone = new();
    private PrunedSummary? _summary;
    private string? _problem;
    private RetentionPause? _pause;
    private bool _loading;
    private bool _deleting;

    [Inject]
    private CurrentUser User { get; set; } = default!;

    [Inject]
    private RetentionQueries Queries { get; set; } = default!;

    [Inject]
    private RetentionClock Clock { get; set; } = default!;

    [Inject]
    private Permitted<DeliveryRetention> Retention { get; set; } = default!;

    [Inject]
    private ConfirmService Confirm { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ILogger<RetentionPanel> Logger { get; set; } = default!;

    /// <inheritdoc />
    protected override Task OnInitializedAsync() => LoadAsync();

    private async Task LoadAsync()
    {
        _loading = true;
        _pause = Clock.Pause;
        try
        {
            _summary = await Queries.PrunedAsync(Days, _gone.Token);
            _problem = null;
        }
        catch (Exception) when (_gone.IsCancellationRequested)
        {
            // The page has been left; providers report a cancelled command by different exceptions.
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "load what retention removed");
            _problem = PageFaults.DisplayText;
        }
        finally
        {
            _loading = false;
        }
    }

    private static string Reason(RetentionPause pause) => pause.MovedBy switch
    {
        { } moved when moved > TimeSpan.Zero => $"the clock was set ahead by {SettingLine.DisplayText(Rounded(moved))}.",
        { } moved => $"the clock was set back by {SettingLine.DisplayText(Rounded(-moved))}.",
        null => "the console was off for over a day, or its clock is wrong.",
    };

    private static TimeSpan Rounded(TimeSpan span) => TimeSpan.FromMinutes(Math.Round(span.TotalMinutes));

    private async Task DeleteNowAsync()
    {
        var now = BrowserClock.Machine(Time.GetUtcNow().UtcDateTime);
        if (_deleting || !await Confirm.AskAsync(
            "Delete old log entries now?",
            $"The console's clock says {now}. Deliveries and events older than the retention period by that clock are deleted and cannot be restored.",
            "Delete now",
            danger: true))
            return;
        _deleting = true;
        try
        {
            await Retention.Demand().DeleteNowAsync(User.Name, _gone.Token);
            Snackbar.Add("Old log entries were deleted", Severity.Success);
            await LoadAsync();
        }
        catch (Exception) when (_gone.IsCancellationRequested)
        {
            // The rest goes within the hour.
        }
        catch (ProblemException e)
        {
            Snackbar.Add(e.Message, Severity.Error);
        }
        catch (Exception e)
        {
            Logger.LogPageFault(e, "delete old log entries");
            Snackbar.Add(PageFaults.DisplayText, Severity.Error);
        }
        finally
        {
            _deleting = false;
        }
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _gone.Cancel();
        _gone.Dispose();
    }
}
