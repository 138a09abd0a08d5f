using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Dispatch;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Pausing;

/// <summary>What knows whether all sending is paused, live, and pauses and resumes it.</summary>
public abstract class PauseControl : ComponentBase, IDisposable
{
    private LiveRefresh? _watch;

    [Inject]
    private CurrentUser User { get; set; } = default!;

    [Inject]
    private SendingPauseQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<SendingPauseService> Sending { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private ILoggerFactory Loggers { get; set; } = default!;

    /// <summary>Since when and by whom; null while sending is not paused.</summary>
    protected PausedSending? Paused { get; private set; }

    /// <summary>It is being paused or resumed.</summary>
    protected bool Busy { get; private set; }

    /// <inheritdoc />
    protected override Task OnInitializedAsync()
    {
        _watch = new LiveRefresh(Feed, Time, LiveRefresh.Usual, () => InvokeAsync(RefreshAsync));
        return LoadAsync();
    }

    /// <summary>Pauses all sending, or lets it go on. Returns whether that worked.</summary>
    protected async Task<bool> SetAsync(bool paused)
    {
        if (Busy)
            return false;
        Busy = true;
        try
        {
            if (paused)
                await Sending.Demand().PauseAsync(User.Actor);
            else
                await Sending.Demand().ResumeAsync();
            await LoadAsync();
            return true;
        }
        catch (Exception e)
        {
            Loggers.CreateLogger(GetType()).LogPageFault(e, "pause or resume sending");
            Snackbar.Add(PageFaults.DisplayText, Severity.Error);
            return false;
        }
        finally
        {
            Busy = false;
        }
    }

    /// <summary>It was paused or resumed since the last look, here or elsewhere.</summary>
    protected virtual void Changed()
    {
    }

    private async Task LoadAsync()
    {
        var found = await Queries.FindAsync();
        // Looks overlap: one that began before sending was resumed must not bring the pause back.
        if (!Queries.IsPaused)
            found = null;
        var before = Paused;
        Paused = found;
        if (Paused is null != before is null)
            Changed();
    }

    private async Task RefreshAsync()
    {
        var before = Paused;
        try
        {
            await LoadAsync();
        }
        catch (Exception e)
        {
            // What is known stays; asked again at the next signal, or by the clock.
            Loggers.CreateLogger(GetType()).LogPageFault(e, "ask whether sending is paused");
            return;
        }
        if (Paused != before)
            StateHasChanged();
    }

    /// <inheritdoc />
    public void Dispose()
    {
        _watch?.Dispose();
        GC.SuppressFinalize(this);
    }
}
