using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Posts the next entry of an incident's timeline.</summary>
public sealed partial class UpdatePanel
{
    private readonly EditedValue<IncidentStatus> _status = new(default);
    private string? _message;
    private bool _doNotNotify;

    /// <summary>The incident has just been resolved here; its button is gone.</summary>
    [Parameter]
    public EventCallback OnResolved { get; set; }

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private protected override bool IsDirty => !string.IsNullOrEmpty(_message) || _status.IsChanged;

    private string? StatusHelp => Incident.Row.Status == IncidentStatus.Resolved && _status.Value != IncidentStatus.Resolved
        ? "This opens the incident again."
        : null;

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
                break;
            case Reading.Followed:
                _status.Follow(Incident.Row.Status);
                break;
            default:
                (_message, _doNotNotify) = ("", false);
                _status.Load(Incident.Row.Status);
                break;
        }
    }

    private async Task PreviewAsync()
    {
        var actor = await ActorAsync();
        await PreviewAsync(() => Service.PreviewUpdateAsync(Incident.Row.Id, Incident.Version, Input(_status.Value), actor));
    }

    private async Task PostAsync(IncidentStatus status)
    {
        var actor = await ActorAsync();
        var resolves = status == IncidentStatus.Resolved && Incident.Row.Status != IncidentStatus.Resolved;
        ForgetPreview();
        // The message is emptied by a save: one that is there was typed since, however quickly.
        if (!string.IsNullOrEmpty(_message))
            Form.TypedAgain();
        if (!await Form.RunAsync(() => Service.PostUpdateAsync(Incident.Row.Id, Incident.Version, Input(status), actor)))
            return;
        // The switch is for one save: forgotten, it would keep the next one quiet too.
        (_message, _doNotNotify) = ("", false);
        _status.Load(status);
        TellSaved(resolves ? "Saved. The incident is resolved." : "Saved. The update is posted.");
        await OnSaved.InvokeAsync();
        if (resolves)
            await OnResolved.InvokeAsync();
    }

    // A status that was not chosen here is none of this update's: it leaves the one there is by now.
    private IncidentUpdateInput Input(IncidentStatus status) =>
        new(status == _status.Seen ? null : status, _message, _doNotNotify) { SeenStatus = _status.Seen };
}
