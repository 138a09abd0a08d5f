using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>One page's groups and components: their order is changed by dragging (console.js), by buttons and by the Group combobox.</summary>
public sealed partial class PageComponents
{
    private ElementReference _section;
    private Dragged? _dragged;
    private string? _focus;
    private bool _focusSection;
    private bool _adding;
    private bool _moving;

    [Parameter, EditorRequired]
    public StatusPageRow Site { get; set; } = default!;

    [Parameter, EditorRequired]
    public IReadOnlyList<PageSection> Sections { get; set; } = [];

    /// <summary>No other page is shown.</summary>
    [Parameter]
    public bool Alone { get; set; }

    /// <summary>What of it is shown.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<ComponentListLine> Lines { get; set; } = [];

    /// <summary>They stand in the page's order, which can be changed.</summary>
    [Parameter]
    public bool CanOrder { get; set; } = true;

    /// <summary>What is chosen to be changed together; null where nothing can be.</summary>
    [Parameter]
    public Selection<int>? Selection { get; set; }

    /// <summary>The components that are shown, of all pages, in their order.</summary>
    [Parameter]
    public Func<IReadOnlyList<int>> ShownKeys { get; set; } = () => [];

    /// <summary>Something was chosen, or let go.</summary>
    [Parameter]
    public EventCallback OnSelect { get; set; }

    /// <summary>Statuses that are chosen and not published yet.</summary>
    [Parameter, EditorRequired]
    public StatusDrafts Drafts { get; set; } = default!;

    /// <summary>Statuses published here are recorded, and no notifications are sent.</summary>
    [Parameter]
    public bool DoNotNotify { get; set; }

    /// <summary>Folds or unfolds a group.</summary>
    [Parameter]
    public EventCallback<int> OnToggle { get; set; }

    /// <summary>Something was written, or could not be: read again.</summary>
    [Parameter]
    public EventCallback OnChanged { get; set; }

    [Inject]
    private Permitted<ComponentService> Service { get; set; } = default!;

    [Inject]
    private Permitted<ComponentOrder> Order { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private IReadOnlyList<ComponentGroupRow> Groups => [.. Sections.Select(section => section.Group).OfType<ComponentGroupRow>()];

    private IEnumerable<int> Keys => Lines.Where(line => line.Row is not null).Select(line => line.Row!.Id);

    private int RowCount => Keys.Count();

    private int ChosenCount => Keys.Count(Selection!.Contains);

    private string AddId => $"add-group-{Site.Id}";

    private int Columns => (Groups.Count > 0 ? 4 : 3) + (Selection is null ? 0 : 1);

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        // A row that moves takes the focus off its button, and one that goes takes it away altogether.
        if (_focus is { } id)
        {
            _focus = null;
            await Browser.InvokeVoidAsync("atstatus.refocus", id);
        }
        if (_focusSection)
        {
            _focusSection = false;
            await _section.FocusAsync(preventScroll: true);
        }
    }

    private Task MoveAsync(ComponentRow row, int index, int count, int by)
    {
        var to = index + by;
        if (to < 0 || to >= count)
        {
            Announcer.Say(by < 0 ? $"{row.Name} is the first already" : $"{row.Name} is the last already");
            return Task.CompletedTask;
        }
        return ChangeAsync(
            () => Order.Demand().MoveComponentAsync(row.Id, row.GroupId, to), $"{row.Name} is now {to + 1} of {count}", Id(by, $"component-{row.Id}"));
    }

    private Task MoveGroupAsync(ComponentGroupRow group, int index, int by)
    {
        var to = index + by;
        if (to < 0 || to >= Sections.Count)
        {
            Announcer.Say(by < 0 ? $"{group.Name} is the first already" : $"{group.Name} is the last already");
            return Task.CompletedTask;
        }
        return ChangeAsync(
            () => Order.Demand().MoveGroupAsync(group.Id, to), $"{group.Name} is now {to + 1} of {Sections.Count}", Id(by, $"group-{group.Id}"));
    }

    private Task<bool> RegroupAsync(ComponentRow row, int? to) => ChangeAsync(
        () => Order.Demand().MoveComponentAsync(row.Id, to, int.MaxValue),
        Groups.FirstOrDefault(group => group.Id == to) is { } group ? $"{row.Name} is now in {group.Name}" : $"{row.Name} is now in no group",
        $"regroup-{row.Id}");

    private Task DropOnComponentAsync(ComponentRow target, int index, int place) => Taken() switch
    {
        { Component: { } row } when row.Id != target.Id => ChangeAsync(
            () => Order.Demand().MoveComponentAsync(row.Id, target.GroupId, index), $"{row.Name} moved to the place of {target.Name}"),
        { Group: { } group } => ChangeAsync(() => Order.Demand().MoveGroupAsync(group.Id, place), $"{group.Name} moved"),
        _ => Task.CompletedTask,
    };

    private Task DropOnGroupAsync(ComponentGroupRow target, int place) => Taken() switch
    {
        { Component: { } row } => ChangeAsync(() => Order.Demand().MoveComponentAsync(row.Id, target.Id, int.MaxValue), $"{row.Name} is now in {target.Name}"),
        { Group: { } group } when group.Id != target.Id => ChangeAsync(() => Order.Demand().MoveGroupAsync(group.Id, place), $"{group.Name} moved"),
        _ => Task.CompletedTask,
    };

    private Task SelectAll(bool on)
    {
        Selection!.Set(Keys, on);
        return OnSelect.InvokeAsync();
    }

    private async Task GroupAddedAsync(string name)
    {
        await OnChanged.InvokeAsync();
        StopAdding();
        Announcer.Say($"Group {name} added");
    }

    private void StopAdding() => (_adding, _focus) = (false, AddId);

    private async Task RemoveGroupAsync(ComponentGroupRow group)
    {
        var limits = await Order.Demand().DescribeContentAsync(group.Id);
        var sure = await Confirm.AskAsync(
            $"Remove {group.Name}?",
            string.Join(' ', [.. limits, "Its components stay and take its place on the page. No notifications are sent."]), "Remove group", danger: true);
        if (!sure)
            return;
        _focusSection = true;
        await ChangeAsync(() => Order.Demand().RemoveGroupAsync(group.Id), $"Group {group.Name} removed");
    }

    private async Task DeleteAsync(ComponentRow row)
    {
        var doNotNotify = new ConfirmOption("Do not notify", "The event is recorded, and no notifications are sent.");
        var limits = await Service.Demand().DescribeContentAsync([row.Id]);
        var sure = await Confirm.AskAsync(
            $"Delete {row.Name}?",
            string.Join(' ', [.. limits, "Its history and its place in incidents are deleted too. Notifications subscribed to component.deleted are notified."]),
            "Delete", danger: true, option: doNotNotify);
        if (!sure)
            return;
        _focusSection = true;
        if (await ChangeAsync(() => Service.Demand().DeleteAsync(row.Id, doNotNotify.IsOn), null))
            ShowSaved($"{row.Name} deleted");
    }

    private async Task<bool> ChangeAsync(Func<Task> change, string? said, string? focus = null)
    {
        // A second click while the first is under way would move by a place that is not shown any more.
        if (_moving)
            return false;
        _moving = true;
        var done = false;
        try
        {
            await change();
            done = true;
        }
        catch (ProblemException e)
        {
            ShowProblem(e.Message);
        }
        finally
        {
            _moving = false;
        }
        await OnChanged.InvokeAsync();
        _focus = focus;
        if (done && said is not null)
            Announcer.Say(said);
        return done;
    }

    private Dragged? Taken()
    {
        var dragged = _dragged;
        _dragged = null;
        return dragged;
    }

    private static string Id(int by, string row) => by < 0 ? $"up-{row}" : $"down-{row}";

    private sealed record Dragged(ComponentRow? Component, ComponentGroupRow? Group);
}
