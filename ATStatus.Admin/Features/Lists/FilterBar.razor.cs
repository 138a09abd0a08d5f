using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared.Fields;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Lists;

/// <summary>The fields of a query as it declares them, and what is active once more as buttons that remove one each.</summary>
/// <typeparam name="TQuery">See <see cref="PageQuery{TQuery}"/>.</typeparam>
public sealed partial class FilterBar<TQuery>
    where TQuery : PageQuery<TQuery>, IPageQuery<TQuery>, new()
{
    /// <summary>Of more fields than these there are two lines, one below the other.</summary>
    private const int MostInLine = 5;

    private readonly string _id = FieldIds.Next();
    private bool _open;

    /// <summary>What is chosen.</summary>
    [Parameter, EditorRequired]
    public TQuery Query { get; set; } = new();

    /// <summary>Something else was chosen.</summary>
    [Parameter, EditorRequired]
    public EventCallback<TQuery> Chosen { get; set; }

    /// <summary>What is filtered: "Filter incidents".</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>What can be chosen of what is stored, by the names in the address. A select without anything to choose is left out.</summary>
    [Parameter]
    public IReadOnlyDictionary<string, IReadOnlyList<Choice<string>>> Options { get; set; } = new Dictionary<string, IReadOnlyList<Choice<string>>>();

    /// <summary>How many are shown of how many; null until known.</summary>
    [Parameter]
    public string? Found { get; set; }

    /// <summary>Fields of the page's own; they call <see cref="Chosen"/> themselves.</summary>
    [Parameter]
    public RenderFragment? ChildContent { get; set; }

    /// <summary>Controls that are no filters and stay in sight where the fields are folded.</summary>
    [Parameter]
    public RenderFragment? Tools { get; set; }

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private static QueryPart<TQuery>? SearchPart => TQuery.Parts.FirstOrDefault(part => part.Field == QueryField.Search);

    // Filters first, then the order.
    private IEnumerable<QueryPart<TQuery>> Selects => TQuery.Parts
        .Where(part => part.Field == QueryField.Entry || (part.Field == QueryField.Select && OptionsOf(part).Count > 0)).OrderBy(part => part.Role);

    // The search is in sight by itself.
    private int FoldedCount => Query.ActiveFilters.Count(part => part.Field != QueryField.Search);

    private IReadOnlyList<Choice<string>> OptionsOf(QueryPart<TQuery> part) => Options.GetValueOrDefault(part.Name, part.Options);

    private FilterChip ChipOf(QueryPart<TQuery> part)
    {
        if (part.Chip is { } chip)
            return chip(Query, Clock);
        var value = part.Write(Query);
        return new FilterChip(OptionsOf(part).FirstOrDefault(option => option.Value == value)?.Text ?? $"{part.Label} {value}");
    }

    private Task Apply(TQuery query) => Chosen.InvokeAsync(query.First());
}
