using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>One window: what it is, and whatever its state allows. It follows the clock that starts and completes it.</summary>
public sealed partial class MaintenancePage
{
    private const string What = "this maintenance";
    private static readonly Choice<bool>[] Extents = [new(false, "This one"), new(true, "This and all following")];
    private readonly WindowDraft _draft = new();
    private readonly EditedValue<WallClockTime> _newEnd = new(default);
    private IReadOnlyList<PlannedEvent>? _preview;
    private MaintenanceRow? _window;
    private FormSubmission _editing = default!;
    private FormSubmission _extending = default!;
    private FormSubmission _posting = default!;
    private FormSubmission _acting = default!;
    private CancelDialog? _cancelling;
    private IReadOnlyList<MaintenanceUpdateRow> _updates = [];
    private string? _update;
    private ElementReference _actions;
    private DoNotNotifyChoice _doNotNotify;
    private bool _allFollowing;

    /// <summary>The window.</summary>
    [Parameter]
    public int Id { get; set; }

    [Inject]
    private MaintenanceQueries Queries { get; set; } = default!;

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    [Inject]
    private Permitted<MaintenanceService> Service { get; set; } = default!;

    private bool MayWrite => Service.IsGranted;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    [Inject]
    private ConfirmService Confirm { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    private MaintenanceInput Input => _draft.ToInput(null, null, _doNotNotify, _allFollowing && _window!.Rule is not null);

    private bool IsScheduled => _window!.Status == MaintenanceStatus.Scheduled;

    private bool IsRunning => _window!.Status == MaintenanceStatus.InProgress;

    private bool IsCancelled => _window!.Status == MaintenanceStatus.Cancelled;

    private bool HasUpdateTyped => !string.IsNullOrEmpty(_update);

    private bool IsDirty => _draft.IsChanged || (_newEnd.IsChanged && IsRunning) || HasUpdateTyped;

    private bool IsBusy => _editing.Busy || _extending.Busy || _posting.Busy || _acting.Busy;

    private string StatusText => _window!.Status switch
    {
        MaintenanceStatus.InProgress => "in progress",
        MaintenanceStatus.Completed => "completed",
        MaintenanceStatus.Cancelled => "cancelled",
        _ => "scheduled",
    };

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        (_editing, _extending, _acting) = (NewForm().Judging(() => Input), NewForm().Judging(() => new { Ends = _newEnd.Value }), NewForm());
        _posting = NewForm().Judging(() => new { Text = _update });
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        foreach (var form in new[] { _editing, _extending, _posting, _acting })
            form.Clear();
        // What was typed belongs to the window it was typed for; on the same one it stays.
        var another = _window?.Id != Id;
        var window = await Queries.FindAsync(Id, Gone);
        Missing = window is null;
        if (window is null)
            return;
        var rows = await StatusPages.ComponentsAsync(window.StatusPageId, Gone);
        _updates = await Queries.UpdatesAsync(Id, Gone);
        _window = window;
        _draft.Zone = PageTimeZone.Find(window.TimeZone);
        _draft.Offer(NamedChoices.Components(rows));
        var end = WallClockTime.Of(window.End, _draft.Zone);
        if (another)
        {
            _draft.Load(window);
            _newEnd.Load(end);
            (_preview, _doNotNotify, _allFollowing, _update) = (null, default, false, "");
        }
        else
        {
            _draft.LoadAgain(window);
            _newEnd.LoadAgain(end);
        }
    }

    // A new state is shown at once, and with it its buttons. Another edit of the same state waits while somebody types: their
    // save is then refused, instead of writing over what they never saw.
    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        if (IsBusy || _window is not { } before)
            return;
        var now = await Queries.FindAsync(Id, Gone);
        var isSame = now?.Version == before.Version && now.Rule == before.Rule && now.SeriesDoesNotNotify == before.SeriesDoesNotNotify;
        if (IsBusy || isSame || (now?.Status == before.Status && IsDirty))
            return;
        await LoadAsync();
        if (_window!.Status != before.Status)
            Announcer.Say($"This maintenance is now {StatusText}");
    }

    private async Task LoadAgainAsync()
    {
        await ReloadAsync();
        if (Ready)
            Announcer.Say("Loaded again");
    }

    // A preview of what was typed before would mislead.
    private void Changed() => _preview = null;

    private async Task PreviewAsync()
    {
        var input = Input;
        _preview = null;
        if (await _editing.PreviewAsync(async () => _preview = await Service.Demand().PreviewRescheduleAsync(Id, _window!.Version, input, Gone)))
            Announcer.Say("Preview shown");
    }

    private async Task SaveAsync()
    {
        var input = Input;
        if (!await _editing.RunAsync(() => Service.Demand().RescheduleAsync(Id, _window!.Version, input)))
            return;
        (_preview, _allFollowing) = (null, false);
        await SavedAsync("Saved", () => _draft.Load(_window!));
    }

    private async Task ExtendAsync()
    {
        var end = _newEnd.Value;
        if (await _extending.RunAsync(() => Service.Demand().ExtendAsync(
            Id, _window!.Version, end.Local, end.Ambiguous, _doNotNotify.IsOn, _doNotNotify.EveryWindow)))
            await SavedAsync("Saved. It ends at the new time.", () => _newEnd.Load(WallClockTime.Of(_window!.End, _draft.Zone!)));
    }

    private async Task PostUpdateAsync()
    {
        var actor = await ActorAsync();
        // The message is emptied by a save: one that is there was typed since, however quickly.
        if (HasUpdateTyped)
            _posting.TypedAgain();
        if (!await _posting.RunAsync(() => Service.Demand().PostUpdateAsync(Id, new MaintenanceUpdateInput(_update, _doNotNotify.IsOn, _doNotNotify.EveryWindow), actor)))
            return;
        _update = "";
        await SavedAsync("Saved. The update is posted.", () => { });
    }

    private Task StartAsync() => ActAsync(
        Confirm.AskToStartAsync(What),
        () => Service.Demand().StartNowAsync(Id, _window!.Version, _doNotNotify.IsOn, _doNotNotify.EveryWindow), "Started");

    private Task CompleteAsync() => ActAsync(
        Confirm.AskToCompleteAsync(What),
        () => Service.Demand().CompleteNowAsync(Id, _window!.Version, _doNotNotify.IsOn, _doNotNotify.EveryWindow), "Completed");

    private Task CancelAsync() => _cancelling?.OpenAsync(_window!, What) ?? Task.CompletedTask;

    private Task CancelledAsync() => ShowStepAsync("Cancelled");

    private Task EndSeriesAsync() => ActAsync(
        Confirm.AskAsync("End the series?", "What is planned already stays; nothing further is planned.", "End the series", danger: true),
        () => Service.Demand().EndSeriesAsync(_window!.SeriesId!.Value), "The series has ended");

    private Task NotifyAgainAsync() => ActAsync(
        Confirm.AskAsync(
            "Send notifications again?",
            "What happens to the windows of this series from now on is sent to its subscribers. What was not sent stays so.",
            "Send notifications"),
        () => Service.Demand().NotifyAgainAsync(_window!.SeriesId!.Value), "Notifications are sent again");

    private async Task ActAsync(Task<bool> question, Func<Task> act, string done)
    {
        if (!await question)
            return;
        // Each was confirmed by a click of its own, however soon after the one before.
        _acting.TypedAgain();
        if (await _acting.RunAsync(act))
            await ShowStepAsync(done);
    }

    private async Task ShowStepAsync(string done)
    {
        await SavedAsync(done, () => { });
        // The button is gone now; whoever pressed it goes on beside it.
        await _actions.FocusAsync(preventScroll: true);
    }

    private async Task SavedAsync(string text, Action adopt)
    {
        ShowSaved(text);
        _doNotNotify = default;
        await ReloadAsync();
        if (Ready)
            adopt();
    }
}
