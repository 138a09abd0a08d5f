using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Pickers;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Creates an incident with the first entry of its timeline.</summary>
public sealed partial class IncidentForm
{
    private readonly AffectedDraft _affected = new();
    private readonly FilledText _title = new();
    private readonly FilledText _message = new();
    private IReadOnlyList<StatusPageRow> _pages = [];
    private IReadOnlyList<IncidentTemplate> _templates = [];
    private IReadOnlyList<ComponentRow> _rows = [];
    private IReadOnlyList<PickerOption> _components = [];
    private IReadOnlyList<PlannedEvent>? _preview;
    private FormSubmission _form = default!;
    private UnsavedChangesGuard? _guard;
    private int? _templateId;
    private int? _pageId;
    private IncidentSeverity _severity = IncidentSeverity.Minor;
    private IncidentStatus _status = IncidentStatus.Investigating;
    private WallClockTime _startedAt;
    private WallClockTime _endedAt;
    private bool _doNotNotify;
    private bool _templateDirty;

    /// <summary>The status page it is meant for.</summary>
    [SupplyParameterFromQuery]
    public int? Page { get; set; }

    /// <summary>The template to start from.</summary>
    [SupplyParameterFromQuery]
    public int? Template { get; set; }

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    [Inject]
    private Permitted<IncidentService> Service { get; set; } = default!;

    [Inject]
    private IncidentDowntime Downtime { get; set; } = default!;

    [Inject]
    private Permitted<IncidentTemplateService> Templates { get; set; } = default!;

    [Inject]
    private EventQueries Events { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private bool IsDirty => IsTyped || _affected.IsChanged || _startedAt.Local is not null || _endedAt.Local is not null || _templateDirty;

    // What a template filled in is not lost when another takes its place.
    private bool IsTyped => _title.IsTyped || _message.IsTyped;

    private IEnumerable<Choice<int?>> PageChoices => NamedChoices.Pages(_pages);

    private IEnumerable<Choice<int?>> TemplateChoices => _templates.Select(template => new Choice<int?>(template.Id, template.Name));

    private bool IsResolved => _status == IncidentStatus.Resolved;

    private string? AffectedHelp => _affected.Chosen.Count == 0 || IsResolved ? null : IncidentChoices.AffectedHelp;

    // The end is asked for only of a resolved one; typed before another status was chosen, it is none of its input.
    private WallClockTime Ended => IsResolved ? _endedAt : default;

    private TimeZoneInfo? PageZone => _pages.FirstOrDefault(page => page.Id == _pageId) is { } page ? PageTimeZone.Find(page.TimeZone) : null;

    // Without a page nothing of it is known.
    private TextVariables? Variables => _pages.FirstOrDefault(page => page.Id == _pageId) is { } page
        ? new(page.Name, [.. _rows.Where(row => _affected.Find(row.Id) is not null).Select(row => row.Name)])
        : null;

    private object DowntimeKey => (_pageId, IsResolved, _startedAt, Ended, string.Join(' ', _affected.Chosen.Select(c => $"{c.ComponentId}:{c.Status}")));

    private IncidentInput Input => new(_pageId, _title.ToSave, _severity, _status, _message.ToSave, _affected.Chosen, DoNotNotify: _doNotNotify)
    {
        RendersTitle = _title.Renders,
        RendersMessage = _message.Renders,
    };

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        _form = NewForm().Judging(() => Input, () => new { StartedAt = _startedAt, EndedAt = Ended });
        _affected.Follow(_severity);
        FollowChanges();
    }

    // Only what is offered: what is typed stays, and a suggestion follows a component's own status.
    /// <inheritdoc />
    protected override Task FollowAsync() => LoadComponentsAsync();

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        var first = !Ready;
        _pages = await StatusPages.PagesAsync(cancellationToken: Gone);
        _pageId = _pages.Count == 1 ? _pages[0].Id : _pages.FirstOrDefault(page => page.Id == (_pageId ?? Page))?.Id;
        await LoadTemplatesAsync();
        await LoadComponentsAsync();
        if (first && _templates.FirstOrDefault(template => template.Id == Template) is { } template)
            Fill(template);
    }

    private async Task LoadTemplatesAsync() => _templates = await Templates.Demand().ListAsync(Gone);

    private async Task ChoosePageAsync(int? pageId)
    {
        _pageId = pageId;
        await LoadComponentsAsync();
    }

    private async Task LoadComponentsAsync()
    {
        var pageId = _pageId;
        var rows = pageId is null ? [] : await StatusPages.ComponentsAsync(pageId, Gone);
        // While these were read, another page may have been chosen.
        if (pageId != _pageId)
            return;
        _rows = rows;
        _components = NamedChoices.Components(rows);
        _affected.Offer(IncidentChoices.Own(rows));
        ShowVariables();
    }

    private void ChangeComponents()
    {
        ForgetPreview();
        ShowVariables();
    }

    private void ShowVariables()
    {
        _title.Follow(Variables);
        _message.Follow(Variables);
    }

    private void ChooseSeverity(IncidentSeverity severity)
    {
        _severity = severity;
        _affected.Follow(severity);
    }

    private async Task ChooseTemplateAsync(int? id)
    {
        if (_templates.FirstOrDefault(template => template.Id == id) is not { } template)
        {
            _templateId = null;
            return;
        }
        if (IsTyped && !await Confirm.AskAsync($"Fill in “{template.Name}”?", "It takes the place of the title and the message you have typed.", "Fill in"))
            return;
        Fill(template);
        Announcer.Say($"Filled in from {template.Name}");
    }

    private void Fill(IncidentTemplate template)
    {
        (_templateId, _status) = (template.Id, template.Status);
        _title.Fill(template.Title, Variables);
        _message.Fill(template.Message, Variables);
        ChooseSeverity(template.Severity);
        ForgetPreview();
    }

    // A preview of what was typed before would mislead.
    private void ForgetPreview() => _preview = null;

    private IncidentInput With(IncidentInput input, WallClockTime started, WallClockTime ended) => input with
    {
        StartedAt = started.ToUtc(Clock.Zone, nameof(input.StartedAt)),
        EndedAt = ended.ToUtc(Clock.Zone, nameof(input.EndedAt)),
    };

    private async Task<IReadOnlyList<Downtime>> AskDowntimeAsync(CancellationToken cancellationToken) =>
        _startedAt.IsPast(Clock.Zone, Clock.UtcNow, out var started) && Ended.IsPast(Clock.Zone, Clock.UtcNow, out var ended)
            ? await Downtime.OfNewAsync(_affected.Chosen, started, ended, IsResolved, cancellationToken)
            : [];

    private async Task PreviewAsync()
    {
        ForgetPreview();
        var actor = User.Actor;
        var (input, started, ended) = (Input, _startedAt, Ended);
        if (await _form.PreviewAsync(async () => _preview = await Service.Demand().PreviewCreateAsync(With(input, started, ended), actor)))
            Announcer.Say(_preview is { Count: 1 } ? "Preview: 1 event" : $"Preview: {_preview!.Count} events");
    }

    private async Task SaveAsync()
    {
        var id = 0;
        var actor = User.Actor;
        var (input, started, ended) = (Input, _startedAt, Ended);
        ForgetPreview();
        using var raised = ChangeScope.Begin();
        if (!await _form.RunAsync(async () => id = await Service.Demand().CreateAsync(With(input, started, ended), actor), leaves: true))
            return;
        _guard?.Release();
        ShowSaved(await SavedText.OfAsync("Saved.", raised, Events));
        LeaveSaved($"admin/incidents/{id}");
    }
}
