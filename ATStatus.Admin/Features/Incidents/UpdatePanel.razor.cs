using ATStatus.Admin.Features.Pickers;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
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
    private readonly FilledText _message = new();
    private IReadOnlyList<ComponentRow>? _offered;
    private IReadOnlyList<PickerOption> _options = [];
    private bool _doNotNotify;

    /// <summary>The components of the incident's page.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ComponentRow> Components { get; set; } = [];

    /// <summary>What updates say whose message nobody types.</summary>
    [Parameter, EditorRequired]
    public IncidentDefaultTexts DefaultTexts { get; set; } = default!;

    /// <summary>The incident has just been resolved here; its button is gone.</summary>
    [Parameter]
    public EventCallback OnResolved { get; set; }

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private protected override bool IsDirty => _message.IsTyped || _status.IsChanged || _severity.IsChanged || _affected.IsChanged;

    private string? StatusHelp => Incident.Row.Status == IncidentStatus.Resolved && _status.Value != IncidentStatus.Resolved
        ? "This opens the incident again."
        : null;

    private string? AffectedHelp => _affected.Chosen.Count == 0 || _status.Value == IncidentStatus.Resolved ? null : IncidentChoices.AffectedHelp;

    // While it is over, what it said of its components counts for nothing.
    private bool HidesStatuses => Incident.Row.Status == IncidentStatus.Resolved && _status.Value == IncidentStatus.Resolved;

    private TextVariables Variables => new(
        Incident.Row.StatusPageName, [.. Components.Where(row => _affected.Find(row.Id) is not null).Select(row => row.Name)]);

    private string SavedNames => _affected.Saved.Count == 0 ? "none" : string.Join(", ", _affected.Saved.Select(affected =>
    {
        var name = NameOf(affected.ComponentId);
        return affected.Status is { } status ? $"{name} ({status.Label()})" : name;
    }));

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        base.OnParametersSet();
        // Also where the incident is the same: a component's own status may be another, and suggestions are never better.
        _affected.Offer(IncidentChoices.Own(Components));
        if (!ReferenceEquals(_offered, Components))
            (_offered, _options) = (Components, NamedChoices.Components(Components));
        _message.Follow(Variables);
    }

    /// <summary>Prepares the update that opens the incident again.</summary>
    public async Task BeginReopenAsync()
    {
        ForgetPreview();
        ChooseStatus(IncidentStatus.Investigating);
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
                _message.Clear();
                _doNotNotify = false;
                _status.Load(Incident.Row.Status);
                _severity.Load(Incident.Row.Severity);
                _affected.Load(Incident.Affected, Incident.Row.Severity);
                break;
        }
        _affected.Follow(_severity.Value);
    }

    // What somebody typed is never written over.
    private void ChooseStatus(IncidentStatus status)
    {
        _status.Value = status;
        if (!_message.IsTyped)
            _message.Fill(DefaultTexts.Of(status), Variables);
    }

    private void ChangeComponents()
    {
        ForgetPreview();
        _message.Follow(Variables);
    }

    private string? NameOf(int componentId) => Components.FirstOrDefault(row => row.Id == componentId)?.Name;

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

    private Task PostAsync() => SaveAsync(_status.Value, Input(_status.Value));

    // What the field shows of another status is not what this one says.
    private Task ResolveAsync()
    {
        var input = Input(IncidentStatus.Resolved);
        return SaveAsync(IncidentStatus.Resolved, _message.IsTyped ? input : input with { Message = null, RendersMessage = false });
    }

    private async Task SaveAsync(IncidentStatus status, IncidentUpdateInput input)
    {
        var actor = User.Actor;
        var resolves = status == IncidentStatus.Resolved && Incident.Row.Status != IncidentStatus.Resolved;
        ForgetPreview();
        // The message is emptied by a save: one that is there was typed since, however quickly.
        if (_message.IsTyped)
            Form.TypedAgain();
        var text = resolves ? "Saved. The incident is resolved." : "Saved. The update is posted.";
        if (await SaveAsync(() => Service.Demand().PostUpdateAsync(Incident.Row.Id, Incident.Version, input, actor), text) is not { } saved)
            return;
        // The switch is for one save: forgotten, it would keep the next one quiet too.
        _message.Clear();
        _doNotNotify = false;
        _status.Load(status);
        _severity.Load(_severity.Value);
        _affected.Load(_affected.Chosen, _severity.Value);
        ShowSaved(saved);
        await OnSaved.InvokeAsync();
        if (resolves)
            await OnResolved.InvokeAsync();
    }

    // What was not chosen here is none of this update's: it leaves what there is by now.
    private IncidentUpdateInput Input(IncidentStatus status) => new(status == _status.Seen ? null : status, _message.ToSave, _doNotNotify)
    {
        RendersMessage = _message.Renders,
        SeenStatus = _status.Seen,
        Severity = _severity.IsChanged ? _severity.Value : null,
        SeenSeverity = _severity.Seen,
        Components = _affected.IsChanged ? _affected.Chosen : null,
        SeenComponents = _affected.IsChanged ? _affected.Seen : null,
    };
}
