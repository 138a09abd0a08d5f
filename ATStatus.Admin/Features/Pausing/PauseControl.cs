using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Dispatch;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Pausing;

/// <summary>What knows whether all sending is paused, live, and pauses and resumes it.</summary>
public abstract class PauseControl : LiveComponent
{
    [Inject]
    private SendingPauseQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<SendingPauseService> Sending { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    /// <summary>Since when and by whom; null while sending is not paused.</summary>
    protected PausedSending? Paused { get; private set; }

    /// <summary>It is being paused or resumed.</summary>
    protected bool Busy { get; private set; }

    /// <inheritdoc />
    protected override void OnInitialized() => Follow(Feed);

    /// <summary>Pauses all sending, or lets it go on. Returns whether that worked.</summary>
    protected async Task<bool> SetAsync(bool paused)
    {
        if (Busy)
            return false;
        Busy = true;
        var done = await DoAsync(() => paused ? Sending.Demand().PauseAsync(User.Actor) : Sending.Demand().ResumeAsync(), null, "pause or resume sending");
        if (done)
            await RefreshAsync();
        Busy = false;
        return done;
    }

    /// <summary>It was paused or resumed since the last look, here or elsewhere.</summary>
    protected virtual void Changed()
    {
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        var found = await Queries.FindAsync(Gone);
        // Looks overlap: one that began before sending was resumed must not bring the pause back.
        if (!Queries.IsPaused)
            found = null;
        var before = Paused;
        Paused = found;
        if (Paused is null != before is null)
            Changed();
    }
}
