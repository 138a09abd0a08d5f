using ATStatus.Core.Events;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Pickers;

/// <summary>
/// Any of many by name, in every form: components under their groups, groups, status pages. Each is a native checkbox that is there from the
/// beginning; only a search hides some. The list is one tab stop (js/picker.js). What is ticked stands first, in an order that is settled when the
/// form opens and when a search ends, so that nothing moves under the pointer.
/// </summary>
public sealed partial class Picker
{
    /// <summary>From more than this many on there is a search, a count, and a scroll of its own.</summary>
    private const int Short = 12;

    private readonly Dictionary<int, Row> _known = [];
    private IReadOnlyList<PickerOption>? _options;
    private List<Row> _rows = [];
    private List<Section> _sections = [];
    private HashSet<int> _ticked = [];
    private HashSet<int> _first = [];
    private string _search = "";
    private string _sought = "";
    private ElementReference _list;
    private bool _isListed;

    /// <summary>What there is to tick, in its order.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyList<PickerOption> Options { get; set; } = [];

    /// <summary>What is ticked; null for all, also for later ones, where <see cref="AllText"/> offers that.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyCollection<int>? Values { get; set; } = [];

    /// <summary>A new collection with each change. What is not offered stays in it: what is not shown must not be lost by a click beside it.</summary>
    [Parameter]
    public EventCallback<IReadOnlyCollection<int>?> ValuesChanged { get; set; }

    /// <summary>Names a checkbox for all, also for later ones: "All components".</summary>
    [Parameter]
    public string? AllText { get; set; }

    /// <summary>What there is to say where nothing is offered.</summary>
    [Parameter]
    public string? EmptyText { get; set; }

    /// <summary>What stands beside one that is ticked.</summary>
    [Parameter]
    public RenderFragment<PickerOption>? Beside { get; set; }

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private bool IsLong => Options.Count > Short;

    private string SearchLabel => $"Search {char.ToLowerInvariant(Label[0])}{Label[1..]}";

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        _ticked = Values?.ToHashSet() ?? [];
        if (ReferenceEquals(_options, Options))
            return;
        // Those of another page are a new list. The same read again keep their places.
        if (!Options.Any(option => _known.ContainsKey(option.Id)))
            _first = _ticked;
        if (!IsLong)
            _search = _sought = "";
        _options = Options;
        Arrange();
    }

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_isListed == Options.Count > 0)
            return;
        _isListed = Options.Count > 0;
        if (_isListed)
            await Browser.InvokeVoidAsync("atstatus.oneTabStop", _list);
    }

    private string HeadId(Section section) => $"{InputId}-page-{_sections.IndexOf(section)}";

    private bool IsTicked(PickerOption option) => _ticked.Contains(option.Id);

    private bool IsShown(Row row) => _sought.Length == 0 || row.Sought.Contains(_sought, StringComparison.Ordinal);

    private bool IsShown(Group group) => group.Rows.Exists(IsShown);

    private void Search(string? text)
    {
        _search = text ?? "";
        var sought = FoldedText.Of(_search.Trim());
        if (sought.Length == 0 && _sought.Length > 0)
        {
            _first = _ticked;
            Arrange();
        }
        _sought = sought;
    }

    private void Arrange()
    {
        // One that stays keeps its row, whose handler the browser has: a render sends what has changed and not the whole list.
        _rows = [.. Options.Select(option => _known.TryGetValue(option.Id, out var row) && row.Option == option ? row : NewRow(option))];
        _known.Clear();
        foreach (var row in _rows)
            _known[row.Option.Id] = row;
        _sections =
        [
            .. _rows.GroupBy(row => row.Option.Page).Select(page => new Section(page.Key,
                [
                    .. page.GroupBy(row => row.Option.Group)
                        .Select(group => new Group(group.Key, [.. group.OrderBy(row => IsLater(row.Option))]))
                        .OrderBy(group => IsLater(group.Rows[0].Option)).ThenBy(group => group.Text is not null),
                ]))
                .OrderBy(page => IsLater(page.Groups[0].Rows[0].Option)),
        ];

        bool IsLater(PickerOption option) => !_first.Contains(option.Id);
    }

    private Row NewRow(PickerOption option)
    {
        Row row = null!;
        row = new Row(
            option, FoldedText.Of($"{option.Text}\n{option.Group}"),
            EventCallback.Factory.Create<ChangeEventArgs>(this, change => ToggleAsync([row], change.Value is true)));
        return row;
    }

    private Task ChooseAllAsync(bool all) => ValuesChanged.InvokeAsync(all ? null : []);

    // Taking the last one away does not mean all of them: a save then asks.
    private Task ToggleAsync(IEnumerable<Row> rows, bool on)
    {
        var chosen = _ticked.ToHashSet();
        if (on)
            chosen.UnionWith(rows.Select(row => row.Option.Id));
        else
            chosen.ExceptWith(rows.Select(row => row.Option.Id));
        // Kept here too: a parent without ValuesChanged must not make the browser and this component disagree.
        _ticked = chosen;
        return ValuesChanged.InvokeAsync(
            [.. Options.Select(option => option.Id).Where(chosen.Contains), .. chosen.Where(id => !_known.ContainsKey(id))]);
    }

    /// <summary>The options of one page, or of the only one.</summary>
    private sealed record Section(string? Text, List<Group> Groups);

    /// <summary>The options of one group, or of none.</summary>
    private sealed record Group(string? Text, List<Row> Rows);

    /// <summary>An option with what is the same in each render.</summary>
    private sealed record Row(PickerOption Option, string Sought, EventCallback<ChangeEventArgs> Toggled);
}
