using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Creates an incident with the first entry of its timeline.</summary>
public sealed partial class IncidentForm
{
    private IReadOnlyList<StatusPageRow> _pages = [];
    private IReadOnlyList<Choice<int>> _components = [];
    private IReadOnlyCollection<int> _componentIds = [];
    private FormSubmission _form = default!;
    private UnsavedChangesGuard? _guard;
    private int? _pageId;
    private string? _title;
    private IncidentSeverity _severity = IncidentSeverity.Minor;
    private IncidentStatus _status = IncidentStatus.Investigating;
    private string? _message;

    /// <summary>The status page it is meant for.</summary>
    [SupplyParameterFromQuery]
    public int? Page { get; set; }

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    [Inject]
    private IncidentService Service { get; set; } = default!;

    private bool IsDirty => !string.IsNullOrEmpty(_title) || !string.IsNullOrEmpty(_message) || _componentIds.Count > 0;

    private IEnumerable<Choice<int?>> PageChoices => _pages.Select(page => new Choice<int?>(page.Id, page.Name));

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm();

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _pages = await StatusPages.PagesAsync(cancellationToken: Gone);
        _pageId = _pages.Count == 1 ? _pages[0].Id : _pages.FirstOrDefault(page => page.Id == (_pageId ?? Page))?.Id;
        await LoadComponentsAsync();
    }

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
        _components = [.. rows.Select(row => new Choice<int>(row.Id, row.Name))];
        _componentIds = [.. _componentIds.Where(id => rows.Any(row => row.Id == id))];
    }

    private async Task SaveAsync()
    {
        var id = 0;
        var actor = await ActorAsync();
        var input = new IncidentInput(_pageId, _title, _severity, _status, _message, [.. _componentIds.Select(id => new AffectedComponent(id))]);
        if (!await _form.RunAsync(async () => id = await Service.CreateAsync(input, actor), leaves: true))
            return;
        _guard?.Release();
        TellSaved();
        Navigation.NavigateTo($"admin/incidents/{id}");
    }
}
