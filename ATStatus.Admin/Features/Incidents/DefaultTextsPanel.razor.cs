using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Changes what updates say whose message is left out.</summary>
public sealed partial class DefaultTextsPanel
{
    private readonly Dictionary<IncidentStatus, EditedValue<string?>> _texts = IncidentStatuses.All.ToDictionary(status => status, _ => new EditedValue<string?>(""));
    private FormSubmission _form = default!;
    private IncidentDefaultTexts? _taken;
    private int _version;
    private int _asked;
    private bool _reportedDirty;

    /// <summary>The texts as they were read last.</summary>
    [Parameter, EditorRequired]
    public IncidentDefaultTexts Texts { get; set; } = default!;

    /// <summary>How often the person asked to see what others saved.</summary>
    [Parameter]
    public int Asked { get; set; }

    /// <summary>Something was saved: the page reads again.</summary>
    [Parameter]
    public EventCallback OnSaved { get; set; }

    /// <summary>Somebody else saved, and the person wants to see it.</summary>
    [Parameter]
    public EventCallback OnLoadAgain { get; set; }

    /// <summary>Whether there is something to lose here.</summary>
    [Parameter]
    public EventCallback<bool> DirtyChanged { get; set; }

    [Inject]
    private Permitted<IncidentDefaultTextService> Service { get; set; } = default!;

    [Inject]
    private ILogger<DefaultTextsPanel> Logger { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    private bool IsDirty => _texts.Values.Any(text => text.IsChanged);

    private IncidentDefaultTextsInput Input => new(
        _texts[IncidentStatus.Investigating].Value, _texts[IncidentStatus.Identified].Value, _texts[IncidentStatus.Monitoring].Value,
        _texts[IncidentStatus.Resolved].Value);

    /// <inheritdoc />
    protected override void OnInitialized() => _form = new FormSubmission(Logger, Time).Judging(() => Input);

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        if (ReferenceEquals(Texts, _taken) && Asked == _asked)
            return;
        var asks = Asked != _asked;
        (_taken, _asked) = (Texts, Asked);
        if (asks)
            _form.Clear();
        // Whoever changes something saves over the version that they saw, until they ask for a newer one.
        if (asks || !IsDirty)
            _version = Texts.Version;
        foreach (var (status, text) in _texts)
        {
            if (asks)
                text.LoadAgain(Texts.Of(status));
            else
                text.Follow(Texts.Of(status));
        }
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_reportedDirty == IsDirty)
            return;
        _reportedDirty = IsDirty;
        await DirtyChanged.InvokeAsync(_reportedDirty);
    }

    private async Task SaveAsync()
    {
        var (input, version) = (Input, _version);
        if (!await _form.RunAsync(() => Service.Demand().SaveAsync(version, input)))
            return;
        Snackbar.Add("Default texts saved", Severity.Success);
        // An emptied field shows the standard text again.
        foreach (var text in _texts.Values)
            text.Load(text.Value);
        await OnSaved.InvokeAsync();
    }
}
