using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>The templates of incidents.</summary>
public sealed partial class TemplateList
{
    private const int MessageShown = 120;
    // Beginnings of messages take several lines each.
    private const int PageSize = 20;
    private IReadOnlyList<IncidentTemplate> _templates = [];
    private IReadOnlyList<IncidentTemplate> _found = [];
    private IncidentDefaultTexts _defaultTexts = new();
    private ElementReference _list;
    private int _asked;
    private bool _textsDirty;

    [Inject]
    private Permitted<IncidentTemplateService> Service { get; set; } = default!;

    [Inject]
    private Permitted<IncidentDefaultTextService> DefaultTexts { get; set; } = default!;

    /// <inheritdoc />
    protected override string? FoundText => ListPart.FoundText(_found.Count, _templates.Count, "template");

    private IReadOnlyList<IncidentTemplate> Shown => [.. _found.Skip(Query.Offset).Take(PageSize)];

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _templates = await Service.Demand().ListAsync(Gone);
        _found = Query.Of(_templates);
        _defaultTexts = await DefaultTexts.Demand().FindAsync(Gone);
    }

    private async Task LoadAgainAsync()
    {
        await ReloadAsync();
        _asked++;
        if (Ready)
            Announcer.Say("Loaded again");
    }

    // The rest stands in the cell's title.
    private static string Beginning(string message) => message.Length <= MessageShown ? message : $"{message[..MessageShown].TrimEnd()}…";

    private async Task DeleteAsync(IncidentTemplate template)
    {
        if (!await Confirm.AskAsync($"Delete {template.Name}?", "Incidents that were started from it stay as they are.", "Delete", danger: true))
            return;
        await Service.Demand().DeleteAsync(template.Id);
        ShowSaved($"{template.Name} deleted");
        await ReloadAsync();
        // The button that had the focus is gone with its row.
        await _list.FocusAsync(preventScroll: true);
    }
}
