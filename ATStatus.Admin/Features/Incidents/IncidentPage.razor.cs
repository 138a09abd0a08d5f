using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>One incident: what was posted about it, and what can be changed. Each panel saves on its own.</summary>
public sealed partial class IncidentPage
{
    private IReadOnlyList<ComponentRow> _components = [];
    private IReadOnlyList<IncidentTemplate> _templates = [];
    private IncidentDetail? _incident;
    private IReadOnlyList<IncidentEditRow> _edits = [];
    private TimeZoneInfo? _zone;
    private UpdatePanel? _update;
    private EditDialog? _edit;
    private IncidentTimeline? _timeline;
    private UnsavedChangesGuard? _guard;
    private int _asked;
    private bool _deleted;
    private bool _updateDirty;
    private bool _timelineDirty;
    private bool _editDirty;
    private bool _templateDirty;
    private bool _postmortemDirty;
    private IncidentDefaultTexts _defaultTexts = new();

    /// <summary>The incident.</summary>
    [Parameter]
    public int Id { get; set; }

    [Inject]
    private IncidentQueries Queries { get; set; } = default!;

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    [Inject]
    private Permitted<IncidentService> Service { get; set; } = default!;

    [Inject]
    private Permitted<IncidentTemplateService> Templates { get; set; } = default!;

    [Inject]
    private Permitted<IncidentDefaultTextService> DefaultTexts { get; set; } = default!;

    [Inject]
    private IncidentEdits Edits { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    // One guard for the panels together: two would ask at the same time.
    private bool IsDirty => _updateDirty || _timelineDirty || _editDirty || _templateDirty || _postmortemDirty;

    // Opened again, it only shows; but what is being typed stays.
    private bool IsPostmortemEdited => (IsResolved || _postmortemDirty) && User.Has(Right.WriteStatus);

    private bool IsResolved => _incident?.Row.Status == IncidentStatus.Resolved;

    /// <inheritdoc />
    protected override void OnInitialized() => FollowChanges();

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        var incident = await Queries.FindAsync(Id, Gone);
        // What was typed must not go with what somebody else deleted.
        _deleted = incident is null && _incident?.Row.Id == Id && IsDirty;
        if (_deleted)
            return;
        Missing = incident is null;
        if (incident is not null)
        {
            _components = await StatusPages.ComponentsAsync(incident.StatusPageId, Gone);
            _zone = await StatusPages.PageAsync(incident.StatusPageId, Gone) is { } page ? PageTimeZone.Find(page.TimeZone) : null;
        }
        await LoadTemplatesAsync();
        if (DefaultTexts.IsGranted)
            _defaultTexts = await DefaultTexts.Demand().FindAsync(Gone);
        // The panels of another incident are gone, and what was typed in them with them.
        if (_incident?.Row.Id != Id)
            (_updateDirty, _timelineDirty, _editDirty, _templateDirty, _postmortemDirty) = (false, false, false, false, false);
        if (incident is not null && incident.Version != _incident?.Version)
            _edits = await Edits.ListAsync(Id, Gone);
        // The same object while it is the same: the panels forget their previews with another.
        _incident = incident is not null && incident.IsLike(_incident) ? _incident : incident;
    }

    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        var (before, wasDeleted) = (_incident, _deleted);
        await LoadAsync();
        if (_deleted)
        {
            if (!wasDeleted)
                Announcer.Say("This incident was deleted");
        }
        else if (before is not null && _incident is not null && _incident.Row.Status != before.Row.Status)
            Announcer.Say($"This incident is now {_incident.Row.Status.Label()}");
        else if (before is not null && _incident?.Updates.Count > before.Updates.Count)
            Announcer.Say("An update was posted");
    }

    private async Task LoadTemplatesAsync() => _templates = Templates.IsGranted ? await Templates.Demand().ListAsync(Gone) : [];

    private async Task LoadAgainAsync()
    {
        await ReloadAsync();
        _asked++;
        if (Ready)
            Announcer.Say("Loaded again");
    }

    // Whoever pressed Resolve goes on where the update stands.
    private async Task FocusTimelineAsync()
    {
        if (_timeline is not null)
            await _timeline.FocusAsync();
    }

    private Task EditAsync() => _edit?.OpenAsync() ?? Task.CompletedTask;

    private Task ReopenAsync() => _update?.BeginReopenAsync() ?? Task.CompletedTask;

    private async Task DeleteAsync()
    {
        // What the person saw when asked; an update that arrives while the question stands must not be deleted unseen.
        var (row, version) = (_incident!.Row, _incident.Version);
        var downtime = await Queries.HasHistoryAsync([row.Id], Gone)
            ? new ConfirmChoice(
                "History of its components",
                ("Keep its downtime", "Their history and uptime stay as they are."),
                ("Remove its downtime", "Their history and uptime become as if this incident had never been. No event is raised."))
            : null;
        if (!await Confirm.AskAsync(
            $"Delete “{row.Title}”?", "Its timeline goes with it. No event is raised; the delivery log stays.", "Delete", danger: true, choice: downtime))
            return;
        try
        {
            await Service.Demand().DeleteAsync(row.Id, version, keepDowntime: downtime is not { Chosen: 1 });
        }
        catch (NotFoundException)
        {
            // Somebody else was faster; what was wanted is so.
        }
        catch (ProblemException e)
        {
            ShowProblem(e.Message);
            await ReloadAsync();
            return;
        }
        _guard?.Release();
        ShowSaved($"“{row.Title}” deleted");
        Navigation.NavigateTo("admin/incidents", replace: true);
    }
}
