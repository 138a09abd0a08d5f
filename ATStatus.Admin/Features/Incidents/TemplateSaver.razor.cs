using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Saves an incident's text as a template, under a name that is asked for here.</summary>
public sealed partial class TemplateSaver
{
    private FormSubmission _form = default!;
    private string? _name;
    private bool _open;
    private bool _focusName;
    private bool _reportedDirty;

    /// <summary>The templates there are.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<IncidentTemplate> Existing { get; set; } = [];

    /// <summary>The incident's title.</summary>
    [Parameter, EditorRequired]
    public string? Title { get; set; }

    /// <summary>The incident's severity.</summary>
    [Parameter, EditorRequired]
    public IncidentSeverity Severity { get; set; }

    /// <summary>The incident's first status.</summary>
    [Parameter, EditorRequired]
    public IncidentStatus Status { get; set; }

    /// <summary>The incident's first message.</summary>
    [Parameter, EditorRequired]
    public string? Message { get; set; }

    /// <summary>What is kept, in words.</summary>
    [Parameter]
    public string Kept { get; set; } = "Keeps title, severity, status and message as they stand above.";

    /// <summary>There is, or may be, a new or another template: <see cref="Existing"/> is to be read again.</summary>
    [Parameter]
    public EventCallback OnSaved { get; set; }

    /// <summary>Whether a name was typed that is not saved.</summary>
    [Parameter]
    public EventCallback<bool> DirtyChanged { get; set; }

    [Inject]
    private Permitted<IncidentTemplateService> Service { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private bool IsDirty => _open && !string.IsNullOrWhiteSpace(_name);

    private IncidentTemplate? Replaced => Existing.FirstOrDefault(template => template.Name == _name?.Trim());

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm().Judging(() => new IncidentTemplateInput(_name, Title, Severity, Status, Message));

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_reportedDirty != IsDirty)
        {
            _reportedDirty = IsDirty;
            await DirtyChanged.InvokeAsync(_reportedDirty);
        }
        if (!_focusName)
            return;
        _focusName = false;
        await Browser.InvokeVoidAsync("atstatus.focus", nameof(IncidentTemplateInput.Name));
    }

    private void Begin()
    {
        _form.Clear();
        (_open, _focusName, _name) = (true, true, null);
    }

    private void Close() => _open = false;

    private async Task SaveAsync()
    {
        var (name, replaced) = (_name?.Trim(), Replaced);
        var input = new IncidentTemplateInput(name, Title, Severity, Status, Message);
        if (!await _form.RunAsync(() => replaced is null ? Service.Demand().AddAsync(input) : Service.Demand().UpdateAsync(replaced, input)))
        {
            // Somebody saved this name since the list was read; read again, the field says that the next save replaces theirs.
            if (_form.ErrorOf(nameof(IncidentTemplateInput.Name)) is not null)
                await OnSaved.InvokeAsync();
            return;
        }
        _open = false;
        Snackbar.Add(replaced is null ? $"Template “{name}” saved" : $"Template “{name}” replaced", MudBlazor.Severity.Success);
        await OnSaved.InvokeAsync();
    }

    private async Task LoadAgainAsync()
    {
        _form.Clear();
        await OnSaved.InvokeAsync();
    }
}
