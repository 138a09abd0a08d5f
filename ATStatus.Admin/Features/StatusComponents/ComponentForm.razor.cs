using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>Adds a component or changes one.</summary>
public sealed partial class ComponentForm
{
    private readonly EditedValue<int?> _page = new(null);
    private readonly EditedValue<string?> _name = new("");
    private readonly EditedValue<ComponentStatus> _status = new(ComponentStatus.Operational);
    private readonly EditedValue<string?> _description = new("");
    private readonly EditedValue<bool> _visible = new(true);
    private readonly EditedValue<int?> _group = new(null);
    private IReadOnlyList<StatusPageRow> _pages = [];
    private IReadOnlyList<ComponentGroupRow> _groups = [];
    private ComponentRow? _row;
    private FormSubmission _form = default!;
    private UnsavedChangesGuard? _guard;
    private int _version;
    private bool _doNotNotify;
    private bool _correctionDirty;

    /// <summary>The component to change; none adds one.</summary>
    [Parameter]
    public int? Id { get; set; }

    /// <summary>The status page that a new component is meant for.</summary>
    [SupplyParameterFromQuery]
    public int? Page { get; set; }

    [Inject]
    private StatusPageQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<ComponentService> Service { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => (Id, Page);

    private bool IsDirty => _page.IsChanged || _name.IsChanged || _status.IsChanged || _description.IsChanged || _visible.IsChanged || _group.IsChanged;

    private ComponentInput Input =>
        new(_page.Value, _name.Value, _status.Value, _description.Value, _visible.Value, Id is null ? _group.Value : null, _doNotNotify);

    private IEnumerable<Choice<int?>> PageChoices => NamedChoices.Pages(_pages);

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        _form = NewForm().Judging(() => Input);
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _form.Clear();
        _doNotNotify = false;
        // Nothing new is made on an archived page; a component that stands on one still names it.
        _pages = await Queries.PagesAsync(archived: Id is not null, Gone);
        if (Id is null)
        {
            _page.Load(_pages.Count == 1 ? _pages[0].Id : _pages.FirstOrDefault(page => page.Id == Page)?.Id);
            _name.Load("");
            _status.Load(ComponentStatus.Operational);
            _description.Load("");
            _visible.Load(true);
            await LoadGroupsAsync();
            return;
        }
        if (await FindAsync() is not { } row)
            return;
        _page.Load(row.StatusPageId);
        _name.Load(row.Name);
        _status.Load(row.Status);
        _description.Load(row.Description);
        _visible.Load(row.IsVisible);
    }

    private async Task PageChosenAsync(int? page)
    {
        _page.Value = page;
        await LoadGroupsAsync();
    }

    private async Task LoadGroupsAsync()
    {
        _group.Load(null);
        _groups = _page.Value is { } page ? await Queries.GroupsAsync(page, Gone) : [];
    }

    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        if (Id is not { } id || _form.Busy)
            return;
        var row = await Queries.ComponentAsync(id, Gone);
        if (IsDirty)
        {
            // What is typed is judged against what was seen beside it: a save that would write over another one's is refused. A version that
            // is another by what was said of its history writes over nothing.
            if (row is not null && ShowsWhatIsSaved(row))
                _version = row.Version;
            _row = row ?? _row;
            return;
        }
        (_row, Missing, _version) = (row, row is null, row?.Version ?? 0);
        if (row is null)
            return;
        _name.Load(row.Name);
        _status.Load(row.Status);
        _description.Load(row.Description);
        _visible.Load(row.IsVisible);
    }

    private bool ShowsWhatIsSaved(ComponentRow row) =>
        (row.Name, row.Status, row.Description, row.IsVisible) == (_name.Seen, _status.Seen, _description.Seen, _visible.Seen);

    private async Task LoadAgainAsync()
    {
        if (await FindAsync() is not { } row)
            return;
        _name.LoadAgain(row.Name);
        _status.LoadAgain(row.Status);
        _description.LoadAgain(row.Description);
        _visible.LoadAgain(row.IsVisible);
        _form.Clear();
        Announcer.Say("Loaded again");
    }

    private async Task<ComponentRow?> FindAsync()
    {
        _row = Id is { } id ? await Queries.ComponentAsync(id, Gone) : null;
        Missing = _row is null;
        _version = _row?.Version ?? 0;
        return _row;
    }

    private async Task SaveAsync()
    {
        var input = Input;
        if (!await _form.RunAsync(() => Id is { } id ? Service.Demand().UpdateAsync(id, _version, input) : Service.Demand().CreateAsync(input), leaves: true))
            return;
        _guard?.Release();
        ShowSaved();
        LeaveSaved("admin/components");
    }
}
