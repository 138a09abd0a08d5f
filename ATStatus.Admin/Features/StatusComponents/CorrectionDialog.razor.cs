using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>Corrects a stretch of a component's history.</summary>
public sealed partial class CorrectionDialog
{
    private FormSubmission _form = default!;
    private FormDialog? _dialog;
    private WallClockTime _from;
    private WallClockTime _until;
    private ComponentStatus _status = ComponentStatus.Operational;
    private bool _reportedDirty;

    /// <summary>The component.</summary>
    [Parameter, EditorRequired]
    public ComponentRow Row { get; set; } = default!;

    /// <summary>A correction was saved.</summary>
    [Parameter]
    public EventCallback OnSaved { get; set; }

    /// <summary>Whether something was typed that is not saved.</summary>
    [Parameter]
    public EventCallback<bool> DirtyChanged { get; set; }

    [Inject]
    private Permitted<ComponentHistoryService> Service { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private bool IsDirty => _from.Local is not null || _until.Local is not null || _status != ComponentStatus.Operational;

    /// <summary>Opens the dialog.</summary>
    public Task OpenAsync()
    {
        Clear();
        // Opened again it is no second half of a double click, however quickly.
        _form.TypedAgain();
        return _dialog?.OpenAsync() ?? Task.CompletedTask;
    }

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm().Judging(() => new { From = _from, Until = _until, Status = _status });

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_reportedDirty == IsDirty)
            return;
        _reportedDirty = IsDirty;
        await DirtyChanged.InvokeAsync(_reportedDirty);
    }

    private void Clear()
    {
        _form.Clear();
        (_from, _until, _status) = (default, default, ComponentStatus.Operational);
    }

    private Task CancelAsync() => _dialog?.CancelAsync() ?? Task.CompletedTask;

    private async Task SaveAsync()
    {
        var actor = User.Actor;
        var (from, until, status) = (_from, _until, _status);
        if (!await _form.RunAsync(() => Service.Demand().CorrectAsync(
            Row.Id,
            new HistoryCorrectionInput(
                from.ToUtc(Clock.Zone, nameof(HistoryCorrectionInput.From)), until.ToUtc(Clock.Zone, nameof(HistoryCorrectionInput.Until)), status),
            actor)))
            return;
        if (_dialog is not null)
            await _dialog.CloseAsync();
        Clear();
        ShowSaved("History corrected. No event was raised.");
        await OnSaved.InvokeAsync();
    }
}
