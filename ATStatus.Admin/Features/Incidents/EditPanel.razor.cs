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
    private readonly EditedValue<IncidentSeverity> _severity = new(default);
    private readonly EditedValue<WallClockTime> _startedAt = new(default);
    private readonly AffectedDraft _affected = new();
    private bool _doNotNotify;

    /// <summary>The components of the incident's page.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<Choice<int>> Components { get; set; } = [];

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private protected override bool IsDirty =>
        _title.IsChanged || _severity.IsChanged || _startedAt.IsChanged || _affected.IsChanged;

    private string SavedNames => _affected.Saved.Count == 0 ? "none" : string.Join(", ", _affected.Saved.Select(affected =>
    {
        var name = Components.FirstOrDefault(choice => choice.Value == affected.ComponentId)?.Text;
        return affected.Status is { } status ? $"{name} ({status.Label()})" : name;
    }));

    private WallClockTime SavedStart => WallClockTime.Of(Incident.Row.StartedAt, Clock.Zone);

    private WallClockTime? ChangedStart => _startedAt.IsChanged ? _startedAt.Value : null;

    private IncidentEditInput Input => new(_title.Value, _severity.Value, _affected.Chosen, DoNotNotify: _doNotNotify)
    {
        Seen = new(_title.Seen, _severity.Seen, _affected.Seen, _startedAt.Seen.In(Clock.Zone).Utc),
    };

    private protected override object Judged => new { Title = _title.Value, Severity = _severity.Value, Components = _affected.Chosen, StartedAt = _startedAt.Value };

    private protected override void Take(Reading reading)
    {
        if (reading == Reading.Another)
        {
            _title.Load(Incident.Row.Title);
            _severity.Load(Incident.Row.Severity);
            _startedAt.Load(SavedStart);
            _affected.Load(Incident.Affected);
            _doNotNotify = false;
            return;
        }
        // A component that was deleted meanwhile cannot be unticked any more, so it goes out of what was chosen.
        if (_affected.IsChanged)
            _affected.Keep(id => Components.Any(choice => choice.Value == id));
        if (reading == Reading.Asked)
        {
            _title.LoadAgain(Incident.Row.Title);
            _severity.LoadAgain(Incident.Row.Severity);
            _startedAt.LoadAgain(SavedStart);
            _affected.LoadAgain(Incident.Affected);
            return;
        }
        _title.Follow(Incident.Row.Title);
        _severity.Follow(Incident.Row.Severity);
        _startedAt.Follow(SavedStart);
        _affected.Follow(Incident.Affected);
    }

    private void ChooseSeverity(IncidentSeverity severity)
    {
        _severity.Value = severity;
        _affected.Follow(severity);
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
        _severity.Load(input.Severity);
        _startedAt.Load(started is { Local: not null } typed ? typed : SavedStart);
        _affected.Load([.. input.Components]);
        // The switch is for one save: forgotten, it would keep the next one quiet too.
        _doNotNotify = false;
        TellSaved();
        await OnSaved.InvokeAsync();
    }
}
