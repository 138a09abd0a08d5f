using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Pickers;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>
/// Changes a window before it starts. The page reads the window and hands it in, also because somebody else changed it; of the same window what was
/// typed stays.
/// </summary>
public sealed partial class EditDialog
{
    private static readonly Choice<bool>[] Extents = [new(false, "This one"), new(true, "This and all following")];
    private readonly WindowDraft _draft = new();
    private FormDialog? _dialog;
    private FormSubmission _form = default!;
    private IReadOnlyList<PlannedEvent>? _preview;
    private MaintenanceRow? _taken;
    private DoNotNotifyChoice _doNotNotify;
    private bool _allFollowing;
    private bool _reportedDirty;

    /// <summary>The window as it was read last.</summary>
    [Parameter, EditorRequired]
    public MaintenanceRow Window { get; set; } = default!;

    /// <summary>The components of its page.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<PickerOption> Components { get; set; } = [];

    /// <summary>It was saved: the page reads again.</summary>
    [Parameter]
    public EventCallback OnSaved { get; set; }

    /// <summary>Somebody else saved, and the person asks to see it.</summary>
    [Parameter]
    public EventCallback OnLoadAgain { get; set; }

    /// <summary>Whether there is something to lose here.</summary>
    [Parameter]
    public EventCallback<bool> DirtyChanged { get; set; }

    [Inject]
    private Permitted<MaintenanceService> Service { get; set; } = default!;

    [Inject]
    private ILogger<EditDialog> Logger { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private Announcer Announcer { get; set; } = default!;

    private bool IsScheduled => Window.Status == MaintenanceStatus.Scheduled;

    private bool IsDirty => _draft.IsChanged;

    private MaintenanceInput Input => _draft.ToInput(null, null, _doNotNotify, _allFollowing && Window.Rule is not null);

    /// <summary>Opens the dialog.</summary>
    public Task OpenAsync()
    {
        Discard();
        // Opened again it is no second half of a double click, however quickly.
        _form.TypedAgain();
        return _dialog?.OpenAsync() ?? Task.CompletedTask;
    }

    /// <inheritdoc />
    protected override void OnInitialized() => _form = new FormSubmission(Logger, Time).Judging(() => Input);

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(Window, _taken))
            return;
        var another = _taken?.Id != Window.Id;
        _taken = Window;
        _draft.Zone = PageTimeZone.Find(Window.TimeZone);
        _draft.Offer(Components);
        if (another)
        {
            Discard();
            return;
        }
        _form.Clear();
        _preview = null;
        _draft.LoadAgain(Window);
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_reportedDirty == IsDirty)
            return;
        _reportedDirty = IsDirty;
        await DirtyChanged.InvokeAsync(_reportedDirty);
    }

    private void Discard()
    {
        _form.Clear();
        _draft.Load(Window);
        (_preview, _doNotNotify, _allFollowing) = (null, default, false);
    }

    // A preview of what was typed before would mislead.
    private void Changed() => _preview = null;

    private async Task PreviewAsync()
    {
        var input = Input;
        _preview = null;
        if (await _form.PreviewAsync(async () =>
        {
            _draft.DemandDuration();
            _preview = await Service.Demand().PreviewRescheduleAsync(Window.Id, Window.Version, input);
        }))
            Announcer.Say("Preview shown");
    }

    private Task CancelAsync() => _dialog?.CancelAsync() ?? Task.CompletedTask;

    private async Task SaveAsync()
    {
        var input = Input;
        _preview = null;
        if (!await _form.RunAsync(() =>
        {
            _draft.DemandDuration();
            return Service.Demand().RescheduleAsync(Window.Id, Window.Version, input);
        }))
            return;
        if (_dialog is not null)
            await _dialog.CloseAsync();
        Snackbar.Add("Saved", Severity.Success);
        await OnSaved.InvokeAsync();
        Discard();
    }
}
