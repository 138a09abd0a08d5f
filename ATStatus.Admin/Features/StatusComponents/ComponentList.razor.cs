using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>Every component, by status page; its status is set here.</summary>
public sealed partial class ComponentList
{
    private readonly Dictionary<int, ComponentStatus> _wanted = [];
    private IReadOnlyList<StatusPageRow> _pages = [];
    private ILookup<int, ComponentRow> _components = Array.Empty<ComponentRow>().ToLookup(row => row.StatusPageId);
    private ElementReference _lists;

    /// <summary>Shows only this status page's.</summary>
    [SupplyParameterFromQuery]
    public int? Page { get; set; }

    [Inject]
    private StatusPageQueries Queries { get; set; } = default!;

    [Inject]
    private ComponentService Service { get; set; } = default!;

    [Inject]
    private Confirm Confirm { get; set; } = default!;

    private string AddHref => Page is { } page ? $"admin/components/new?page={page}" : "admin/components/new";

    private IEnumerable<Choice<int?>> PageChoices => _pages.Select(page => new Choice<int?>(page.Id, page.Name));

    // A page that is gone by now filters nothing: the address may be an old one.
    private IEnumerable<StatusPageRow> Shown => _pages.Any(page => page.Id == Page) ? _pages.Where(page => page.Id == Page) : _pages;

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _pages = await Queries.PagesAsync(cancellationToken: Gone);
        _components = (await Queries.ComponentsAsync(cancellationToken: Gone)).ToLookup(row => row.StatusPageId);
    }

    private void ShowPage(int? page) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("page", page));

    private ComponentStatus Wanted(ComponentRow row) => _wanted.GetValueOrDefault(row.Id, row.Status);

    private async Task SetStatusAsync(ComponentRow row, ComponentStatus status)
    {
        // Arrow keys change a select step by step. While one step is being saved, only the last of those that follow counts.
        var underWay = _wanted.ContainsKey(row.Id);
        _wanted[row.Id] = status;
        if (underWay)
            return;
        try
        {
            do
            {
                status = _wanted[row.Id];
                await Service.SetStatusAsync(row.Id, status);
            }
            while (_wanted[row.Id] != status);
            TellSaved($"Saved. {row.Name}: {status.Label()}");
        }
        catch (ProblemException e)
        {
            TellProblem(e.Message);
        }
        finally
        {
            _wanted.Remove(row.Id);
        }
        await ReloadAsync();
    }

    private async Task DeleteAsync(ComponentRow row)
    {
        var sure = await Confirm.AskAsync(
            $"Delete {row.Name}?",
            "Its history and its place in incidents go with it. Notifications that want component.deleted are told.",
            "Delete", danger: true);
        if (!sure)
            return;
        try
        {
            await Service.DeleteAsync(row.Id);
            TellSaved($"{row.Name} deleted");
        }
        catch (ProblemException e)
        {
            TellProblem(e.Message);
        }
        await ReloadAsync();
        // The button that had the focus is gone with its row.
        await _lists.FocusAsync(preventScroll: true);
    }
}
