using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Incidents;
using ATStatus.Core.Outbox;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>
/// A part of an incident's page that saves on its own. The page reads the incident and hands it in, also because somebody else changed
/// it; when it is a newer state of the same incident, what was typed stays.
/// </summary>
public abstract class IncidentPanel : ComponentBase
{
    private IncidentDetail? _taken;
    private int _asked;
    private bool _reportedDirty;

    /// <summary>The incident as it was read last.</summary>
    [Parameter, EditorRequired]
    public IncidentDetail Incident { get; set; } = default!;

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
    private protected CurrentUser User { get; set; } = default!;

    [Inject]
    private ILoggerFactory Loggers { get; set; } = default!;

    [Inject]
    private TimeProvider Time { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    [Inject]
    private protected Announcer Announcer { get; set; } = default!;

    [Inject]
    private protected Permitted<IncidentService> Service { get; set; } = default!;

    [Inject]
    private EventQueries Events { get; set; } = default!;

    private protected FormSubmission Form { get; private set; } = default!;

    /// <summary>What the last press on Preview found; gone with the next change.</summary>
    private protected IReadOnlyList<PlannedEvent>? Preview { get; private set; }

    /// <summary>What was typed differs from what is saved.</summary>
    private protected abstract bool IsDirty { get; }

    /// <summary>What a save hands to the service, for <see cref="FormSubmission.Judging"/>.</summary>
    private protected abstract object Judged { get; }

    /// <summary>Fills the fields from <see cref="Incident"/>.</summary>
    private protected abstract void Take(Reading reading);

    /// <summary>Why there is something to take.</summary>
    private protected enum Reading
    {
        /// <summary>Another incident: begin anew.</summary>
        Another,

        /// <summary>The same one, because the person asked what is saved by now: what was typed stays.</summary>
        Asked,

        /// <summary>The same one, unasked: what was typed stays, with what the person saw beside it.</summary>
        Followed,
    }

    /// <inheritdoc />
    protected override void OnInitialized() => Form = new FormSubmission(Loggers.CreateLogger(GetType()), Time).Judging(() => Judged);

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        var another = _taken?.Row.Id != Incident.Row.Id;
        if (ReferenceEquals(Incident, _taken) && Asked == _asked)
            return;
        if (another || Asked != _asked)
            Form.Clear();
        ForgetPreview();
        Take(another ? Reading.Another : Asked != _asked ? Reading.Asked : Reading.Followed);
        (_taken, _asked) = (Incident, Asked);
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_reportedDirty == IsDirty)
            return;
        _reportedDirty = IsDirty;
        await DirtyChanged.InvokeAsync(_reportedDirty);
    }

    private protected void ShowSaved(string text) => Snackbar.Add(text, Severity.Success);

    /// <summary>Saves, and returns what there is to say of it: what was saved, and how many notifications it goes to. Null where it was not saved.</summary>
    private protected async Task<string?> SaveAsync(Func<Task> save, string saved)
    {
        using var raised = ChangeScope.Begin();
        return await Form.RunAsync(save) ? await SavedText.OfAsync(saved, raised, Events) : null;
    }

    private protected async Task PreviewAsync(Func<Task<IReadOnlyList<PlannedEvent>>> plan)
    {
        ForgetPreview();
        if (await Form.PreviewAsync(async () => Preview = await plan()))
            Announcer.Say(Preview is { Count: 1 } ? "Preview: 1 event" : $"Preview: {Preview!.Count} events");
    }

    /// <summary>A preview of what was typed before would mislead.</summary>
    private protected void ForgetPreview() => Preview = null;
}
