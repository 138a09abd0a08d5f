using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Persistence;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Settings;

/// <summary>What retention has removed, drawn by day. It reads for itself: the settings are shown although the database does not answer.</summary>
public sealed partial class RetentionPanel
{
    private const int Days = 30;
    private PrunedSummary? _summary;
    private RetentionPause? _pause;
    private bool _deleting;

    [Inject]
    private RetentionQueries Queries { get; set; } = default!;

    [Inject]
    private RetentionClock Clock { get; set; } = default!;

    [Inject]
    private Permitted<DeliveryRetention> Retention { get; set; } = default!;

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _pause = Clock.Pause;
        _summary = await Queries.PrunedAsync(Days, Gone);
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
        if (await DoAsync(() => Retention.Demand().DeleteNowAsync(User.Name, Gone), "Old log entries were deleted", "delete old log entries"))
            await ReloadAsync();
        _deleting = false;
    }
}
