using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Posts the next entry of an incident's timeline, and with it how bad it is from now on and what it says of its components.</summary>
public sealed partial class UpdatePanel
{
    private readonly EditedValue<IncidentStatus> _status = new(default);
    private readonly EditedValue<IncidentSeverity> _severity = new(default);
    private readonly AffectedDraft _affected = new();
    private string? _message;
    private bool _doNotNotify;

    /// <summary>The components of the incident's page.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ComponentRow> Components { get; set; } = [];

    /// <summary>The incident has just been resolved here; its button is gone.</summary>
    [Parameter]
    public EventCallback OnResolved { get; set; }

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private protected override bool IsDirty => !string.IsNullOrEmpty(_message) || _status.IsChanged || _severity.IsChanged || _affected.IsChanged;

    private string? StatusHelp => Incident.Row.Status == IncidentStatus.Resolved && _status.Value != IncidentStatus.Resolved
        ? "This opens the incident again."
        : null;

    private string? AffectedHelp => _affected.Chosen.Count == 0 || _status.Value == IncidentStatus.Resolved ? null : IncidentChoices.AffectedHelp;

    private string SavedNames => _affected.Saved.Count == 0 ? "none" : string.Join(", ", _affected.Saved.Select(affected =>
    {
        var name = Components.FirstOrDefault(row => row.Id == affected.ComponentId)?.Name;
        return affected.Status is { } status ? $"{name} ({status.Label()})" : name;
    }));

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        base.OnParametersSet();
        // Also where the incident is the same: a component's own status may be another, and suggestions are never better.
        _affected.Offer(IncidentChoices.Own(Components));
    }

    /// <summary>Prepares the update that opens the incident again; its message is the person's to write.</summary>
    public async Task BeginReopenAsync()
    {
        ForgetPreview();
        _status.Value = IncidentStatus.Investigating;
        StateHasChanged();
        await Browser.InvokeVoidAsync("atstatus.focus", nameof(IncidentUpdateInput.Message));
        Announcer.Say("Say why it opens again, and post the update.");
    }

    private protected override object Judged => Input(_status.Value);

    private protected override void Take(Reading reading)
    {
        switch (reading)
        {
            case Reading.Asked:
                _status.LoadAgain(Incident.Row.Status);
                _severity.LoadAgain(Incident.Row.Severity);
                _affected.LoadAgain(Incident.Affected, Incident.Row.Severity);
                break;
            case Reading.Followed:
                _status.Follow(Incident.Row.Status);
                _severity.Follow(Incident.Row.Severity);
                _affected.Follow(Incident.Affected, Incident.Row.Severity);
                break;
            default:
                (_message, _doNotNotify) = ("", false);
                _status.Load(Incident.Row.Status);
                _severity.Load(Incident.Row.Severity);
                _affected.Load(Incident.Affected, Incident.Row.Severity);
                break;
        }
        _affected.Follow(_severity.Value);
    }

    private void ChooseSeverity(IncidentSeverity severity)
    {
        _severity.Value = severity;
        _affected.Follow(severity);
    }

    private async Task PreviewAsync()
    {
        var actor = User.Actor;
        await PreviewAsync(() => Service.Demand().PreviewUpdateAsync(Incident.Row.Id, Incident.Version, Input(_status.Value), actor));
    }

    private async Task PostAsync(IncidentStatus status)
    {
        var actor = User.Actor;
        var resolves = status == IncidentStatus.Resolved && Incident.Row.Status != IncidentStatus.Resolved;
        ForgetPreview();
        // The message is emptied by a save: one that is there was typed since, however quickly.
        if (!string.IsNullOrEmpty(_message))
            Form.TypedAgain();
        if (!await Form.RunAsync(() => Service.Demand().PostUpdateAsync(Incident.Row.Id, Incident.Version, Input(status), actor)))
            return;
        // The switch is for one save: forgotten, it would keep the next one quiet too.
        (_message, _doNotNotify) = ("", false);
        _status.Load(status);
        _severity.Load(_severity.Value);
        _affected.Load(_affected.Chosen, _severity.Value);
        ShowSaved(resolves ? "Saved. The incident is resolved." : "Saved. The update is posted.");
        await OnSaved.InvokeAsync();
        if (resolves)
            await OnResolved.InvokeAsync();
    }

    // What was not chosen here is none of this update's: it leaves what there is by now.
    private IncidentUpdateInput Input(IncidentStatus status) => new(status == _status.Seen ? null : status, _message, _doNotNotify)
    {
        SeenStatus = _status.Seen,
        Severity = _severity.IsChanged ? _severity.Value : null,
        SeenSeverity = _severity.Seen,
        Components = _affected.IsChanged ? _affected.Chosen : null,
        SeenComponents = _affected.IsChanged ? _affected.Seen : null,
    };
}
