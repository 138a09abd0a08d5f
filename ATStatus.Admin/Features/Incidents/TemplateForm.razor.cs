using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Adds a template of incidents or changes one.</summary>
public sealed partial class TemplateForm
{
    private readonly EditedValue<string?> _name = new("");
    private readonly EditedValue<string?> _title = new("");
    private readonly EditedValue<IncidentSeverity> _severity = new(IncidentSeverity.Minor);
    private readonly EditedValue<IncidentStatus> _status = new(IncidentStatus.Investigating);
    private readonly EditedValue<string?> _message = new("");
    private IncidentTemplate? _seen;
    private FormSubmission _form = default!;
    private UnsavedChangesGuard? _guard;

    /// <summary>The template to change; none adds one.</summary>
    [Parameter]
    public int? Id { get; set; }

    [Inject]
    private Permitted<IncidentTemplateService> Service { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    private IncidentTemplateInput Input => new(_name.Value, _title.Value, _severity.Value, _status.Value, _message.Value);

    private bool IsDirty => _name.IsChanged || _title.IsChanged || _severity.IsChanged || _status.IsChanged || _message.IsChanged;

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm().Judging(() => Input);

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _form.Clear();
        // On the same one, what was typed stays; another one's belongs to that one.
        var again = _seen is not null && _seen.Id == Id;
        _seen = Id is { } id ? await Service.Demand().FindAsync(id, Gone) : null;
        Missing = Id is not null && _seen is null;
        if (Missing)
            return;
        Take(_name, _seen?.Name ?? "", again);
        Take(_title, _seen?.Title ?? "", again);
        Take(_severity, _seen?.Severity ?? IncidentSeverity.Minor, again);
        Take(_status, _seen?.Status ?? IncidentStatus.Investigating, again);
        Take(_message, _seen?.Message ?? "", again);
    }

    private async Task LoadAgainAsync()
    {
        await ReloadAsync();
        if (Ready)
            Announcer.Say("Loaded again");
    }

    private async Task SaveAsync()
    {
        var input = Input;
        if (!await _form.RunAsync(() => _seen is null ? Service.Demand().AddAsync(input) : Service.Demand().UpdateAsync(_seen, input), leaves: true))
            return;
        _guard?.Release();
        ShowSaved();
        LeaveSaved("admin/incidents/templates");
    }

    private static void Take<T>(EditedValue<T> field, T saved, bool again)
    {
        if (again)
            field.LoadAgain(saved);
        else
            field.Load(saved);
    }

    private static string? Theirs(EditedValue<string?> field) =>
        field.Overlooked ? $"Changed by someone else: “{field.Saved}”" : null;
}
