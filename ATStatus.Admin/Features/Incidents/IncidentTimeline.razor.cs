using ATStatus.Core.Incidents;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>The updates of an incident, newest first; a wrong message is corrected in its place.</summary>
public sealed partial class IncidentTimeline
{
    // Another than the key of the service's error: the form that posts updates has that one.
    private const string FieldId = "CorrectedMessage";
    private readonly EditedValue<string?> _text = new("");
    private int? _corrected;
    private bool _focusField;
    private ElementReference _heading;

    /// <summary>What was changed of it otherwise than by updates.</summary>
    [Parameter]
    public IReadOnlyList<IncidentEditRow> Edits { get; set; } = [];

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    // Newest first; what happened at one moment in the order in which it was saved, the edit after the update that came with it.
    private IEnumerable<(IncidentUpdateRow? Update, IncidentEditRow? Edit)> Entries => Incident.Updates
        .Select(update => (update.At, Update: (IncidentUpdateRow?)update, Edit: (IncidentEditRow?)null))
        .Concat(Edits.Select(edit => (edit.At, Update: (IncidentUpdateRow?)null, Edit: (IncidentEditRow?)edit)))
        .OrderByDescending(entry => entry.At)
        .Select(entry => (entry.Update, entry.Edit));

    private protected override bool IsDirty => _corrected is not null && _text.IsChanged;

    /// <summary>Puts the focus on the heading.</summary>
    public ValueTask FocusAsync() => _heading.FocusAsync(preventScroll: true);

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        await base.OnAfterRenderAsync(firstRender);
        if (!_focusField)
            return;
        _focusField = false;
        await Browser.InvokeVoidAsync("atstatus.focus", FieldId);
    }

    private protected override object Judged => new { Message = _text.Value };

    private protected override void Take(Reading reading)
    {
        if (reading == Reading.Another || Incident.Updates.FirstOrDefault(update => update.Id == _corrected) is not { } current)
            _corrected = null;
        else if (reading == Reading.Asked)
            _text.LoadAgain(current.Message);
        else
            _text.Follow(current.Message);
    }

    private async Task BeginAsync(IncidentUpdateRow update)
    {
        if (IsDirty && !await Confirm.AskAsync("Give up the other correction?", "You began to correct another message and have not saved it.", "Give up", danger: true))
            return;
        Form.Clear();
        (_corrected, _focusField) = (update.Id, true);
        _text.Load(update.Message);
    }

    private async Task EndAsync()
    {
        Form.Clear();
        _corrected = null;
        // The button that had the focus is gone with the form.
        await FocusAsync();
    }

    private async Task SaveAsync()
    {
        if (_corrected is not { } id)
            return;
        var (text, seen) = (_text.Value, _text.Seen);
        if (!await Form.RunAsync(() => Service.Demand().CorrectMessageAsync(Incident.Row.Id, Incident.Version, id, text, seen)))
            return;
        ShowSaved("Message corrected. No notifications were sent.");
        await EndAsync();
        await OnSaved.InvokeAsync();
    }
}
