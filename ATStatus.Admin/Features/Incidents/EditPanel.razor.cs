using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Changes what an incident says about itself.</summary>
public sealed partial class EditPanel
{
    private readonly EditedValue<string?> _title = new("");
    private readonly EditedValue<WallClockTime> _startedAt = new(default);
    private bool _doNotNotify;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private protected override bool IsDirty => _title.IsChanged || _startedAt.IsChanged;

    private WallClockTime SavedStart => WallClockTime.Of(Incident.Row.StartedAt, Clock.Zone);

    private WallClockTime? ChangedStart => _startedAt.IsChanged ? _startedAt.Value : null;

    private IncidentEditInput Input => new(_title.Value, EndedAt: Incident.Row.EndedAt, DoNotNotify: _doNotNotify)
    {
        Seen = new(_title.Seen, _startedAt.Seen.In(Clock.Zone).Utc, Incident.Row.EndedAt),
    };

    private protected override object Judged => new { Title = _title.Value, StartedAt = _startedAt.Value };

    private protected override void Take(Reading reading)
    {
        if (reading == Reading.Another)
        {
            _title.Load(Incident.Row.Title);
            _startedAt.Load(SavedStart);
            _doNotNotify = false;
            return;
        }
        if (reading == Reading.Asked)
        {
            _title.LoadAgain(Incident.Row.Title);
            _startedAt.LoadAgain(SavedStart);
            return;
        }
        _title.Follow(Incident.Row.Title);
        _startedAt.Follow(SavedStart);
    }

    // Untouched the start is left out: the field shows minutes only, and saving must not cut off the seconds.
    private IncidentEditInput With(IncidentEditInput input, WallClockTime? started) =>
        input with { StartedAt = started?.ToUtc(Clock.Zone, nameof(input.StartedAt)) };

    private Task PreviewAsync()
    {
        var (input, started) = (Input, ChangedStart);
        return PreviewAsync(() => Service.PreviewEditAsync(Incident.Row.Id, Incident.Version, With(input, started)));
    }

    private async Task SaveAsync()
    {
        var (input, started) = (Input, ChangedStart);
        ForgetPreview();
        if (!await Form.RunAsync(() => Service.EditAsync(Incident.Row.Id, Incident.Version, With(input, started))))
            return;
        _title.Load(input.Title);
        _startedAt.Load(started is { Local: not null } typed ? typed : SavedStart);
        // The switch is for one save: forgotten, it would keep the next one quiet too.
        _doNotNotify = false;
        TellSaved();
        await OnSaved.InvokeAsync();
    }
}
