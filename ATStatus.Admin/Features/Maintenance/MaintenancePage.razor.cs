using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Pickers;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>One window: what it is, and whatever its state allows. It follows the clock that starts and completes it.</summary>
public sealed partial class MaintenancePage
{
    private const string What = "this maintenance";
    private readonly EditedValue<WallClockTime> _newEnd = new(default);
    private MaintenanceRow? _window;
    private FormSubmission _extending = default!;
    private FormSubmission _posting = default!;
    private FormSubmission _acting = default!;
    private EditDialog? _edit;
    private CancelDialog? _cancelling;
    private TimeZoneInfo? _zone;
    private IReadOnlyList<PickerOption> _components = [];
    private IReadOnlyList<MaintenanceUpdateRow> _updates = [];
    private string? _update;
    private ElementReference _actions;
    private DoNotNotifyChoice _doNotNotify;
    private bool _editDirty;
    private int? _subscribers;

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

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    private bool IsScheduled => _window!.Status == MaintenanceStatus.Scheduled;

    private bool IsRunning => _window!.Status == MaintenanceStatus.InProgress;

    private bool IsCancelled => _window!.Status == MaintenanceStatus.Cancelled;

    private string SubscribersText => CancelDialog.SubscribersText(_subscribers, _doNotNotify.IsOn || _window!.SeriesDoesNotNotify);

    private bool HasUpdateTyped => !string.IsNullOrEmpty(_update);

    private bool IsDirty => _editDirty || (_newEnd.IsChanged && IsRunning) || HasUpdateTyped;

    private bool IsBusy => _extending.Busy || _posting.Busy || _acting.Busy;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        (_extending, _acting) = (NewForm().Judging(() => new { Ends = _newEnd.Value }), NewForm());
        _posting = NewForm().Judging(() => new { Text = _update });
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        foreach (var form in new[] { _extending, _posting, _acting })
            form.Clear();
        // What was typed belongs to the window it was typed for; on the same one it stays.
        var another = _window?.Id != Id;
        var window = await Queries.FindAsync(Id, Gone);
        Missing = window is null;
        if (window is null)
            return;
        var rows = await StatusPages.ComponentsAsync(window.StatusPageId, Gone);
        _updates = await Queries.UpdatesAsync(Id, Gone);
        _subscribers = MayWrite && window.Status is MaintenanceStatus.Scheduled or MaintenanceStatus.InProgress
            ? await Service.Demand().CountSubscribersAsync(Id, Gone) : null;
        _window = window;
        _zone = PageTimeZone.Find(window.TimeZone);
        _components = NamedChoices.Components(rows);
        var end = WallClockTime.Of(window.End, _zone);
        if (another)
        {
            _newEnd.Load(end);
            (_doNotNotify, _update) = (default, "");
        }
        else
        {
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
            Announcer.Say($"This maintenance is now {_window.Status.InSentence()}");
    }

    private async Task LoadAgainAsync()
    {
        await ReloadAsync();
        if (Ready)
            Announcer.Say("Loaded again");
    }

    private Task EditAsync() => _edit?.OpenAsync() ?? Task.CompletedTask;

    private async Task ExtendAsync()
    {
        var end = _newEnd.Value;
        if (await _extending.RunAsync(() => Service.Demand().ExtendAsync(
            Id, _window!.Version, end.Local, end.Ambiguous, _doNotNotify.IsOn, _doNotNotify.EveryWindow)))
            await SavedAsync("Saved. It ends at the new time.", () => _newEnd.Load(WallClockTime.Of(_window!.End, _zone!)));
    }

    private async Task PostUpdateAsync()
    {
        var actor = User.Actor;
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
