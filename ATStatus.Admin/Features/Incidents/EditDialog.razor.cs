using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Changes what an incident says about itself: its title, and from when to when it was.</summary>
public sealed partial class EditDialog
{
    private readonly EditedValue<string?> _title = new("");
    private readonly EditedValue<EditedTime> _startedAt = new(default, EditedTime.ByText);
    private readonly EditedValue<EditedTime> _endedAt = new(default, EditedTime.ByText);
    private FormDialog? _dialog;
    private bool _doNotNotify;

    /// <summary>The time zone of the incident's page.</summary>
    [Parameter]
    public TimeZoneInfo? PageZone { get; set; }

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    [Inject]
    private IncidentDowntime Downtime { get; set; } = default!;

    private protected override bool IsDirty => _title.IsChanged || _startedAt.IsChanged || (IsResolved && _endedAt.IsChanged);

    private bool IsResolved => Incident.Row.Status == IncidentStatus.Resolved;

    private EditedTime SavedStart => new(WallClockTime.Of(Incident.Row.StartedAt, Clock.Zone), Incident.Row.StartedAt);

    // What is shown is the end that counts, entered or not; what is kept of it is only one that a person entered.
    private EditedTime SavedEnd => Incident.Row.End is { } end ? new(WallClockTime.Of(end, Clock.Zone), Incident.Row.EndedAt) : default;

    private IncidentEditInput Input => new(_title.Value, DoNotNotify: _doNotNotify)
    {
        Seen = new(_title.Seen, _startedAt.Seen.Saved, _endedAt.Seen.Saved),
    };

    private protected override object Judged => new { Title = _title.Value, StartedAt = _startedAt.Value, EndedAt = _endedAt.Value };

    /// <summary>Opens the dialog.</summary>
    public Task OpenAsync()
    {
        Discard();
        // Opened again it is no second half of a double click, however quickly.
        Form.TypedAgain();
        return _dialog?.OpenAsync() ?? Task.CompletedTask;
    }

    private protected override void Take(Reading reading)
    {
        if (reading == Reading.Another)
        {
            Load();
            return;
        }
        if (reading == Reading.Asked)
        {
            _title.LoadAgain(Incident.Row.Title);
            _startedAt.LoadAgain(SavedStart);
            _endedAt.LoadAgain(SavedEnd);
            return;
        }
        _title.Follow(Incident.Row.Title);
        _startedAt.Follow(SavedStart);
        _endedAt.Follow(SavedEnd);
    }

    private void Load()
    {
        _title.Load(Incident.Row.Title);
        _startedAt.Load(SavedStart);
        _endedAt.Load(SavedEnd);
        _doNotNotify = false;
    }

    private void Discard()
    {
        Form.Clear();
        ForgetPreview();
        Load();
    }

    private void TypeStart(WallClockTime typed) => _startedAt.Value = new(typed, null);

    private void TypeEnd(WallClockTime typed) => _endedAt.Value = new(typed, null);

    // Untouched a time is left as it is saved: the fields show minutes only, and saving must not cut off the seconds.
    private IncidentEditInput With(IncidentEditInput input) => input with
    {
        StartedAt = _startedAt.IsChanged ? _startedAt.Value.Typed.ToUtc(Clock.Zone, nameof(input.StartedAt)) : null,
        EndedAt = !IsResolved ? null : _endedAt.IsChanged ? _endedAt.Value.Typed.ToUtc(Clock.Zone, nameof(input.EndedAt)) : _endedAt.Seen.Saved,
    };

    private async Task<IReadOnlyList<Downtime>> AskDowntimeAsync(CancellationToken cancellationToken)
    {
        var (started, ended) = (_startedAt.Value, _endedAt.Value);
        if (!started.Typed.IsPast(Clock.Zone, Clock.UtcNow, out var from) || !ended.Typed.IsPast(Clock.Zone, Clock.UtcNow, out var until))
            return [];
        return await Downtime.OfAsync(
            Incident.Row.Id, _startedAt.IsChanged ? from : null, _endedAt.IsChanged ? until : _endedAt.Seen.Saved, cancellationToken);
    }

    private Task PreviewAsync()
    {
        var input = Input;
        return PreviewAsync(() => Service.Demand().PreviewEditAsync(Incident.Row.Id, Incident.Version, With(input)));
    }

    private Task CancelAsync() => _dialog?.CancelAsync() ?? Task.CompletedTask;

    private async Task SaveAsync()
    {
        var input = Input;
        ForgetPreview();
        if (await SaveAsync(() => Service.Demand().EditAsync(Incident.Row.Id, Incident.Version, With(input)), "Saved.") is not { } saved)
            return;
        if (_dialog is not null)
            await _dialog.CloseAsync();
        Load();
        ShowSaved(saved);
        await OnSaved.InvokeAsync();
    }
}
