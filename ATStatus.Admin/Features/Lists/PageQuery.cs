using System.Globalization;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared.Fields;
using Microsoft.AspNetCore.WebUtilities;

namespace ATStatus.Admin.Features.Lists;

/// <summary>What a value of the address does to a list.</summary>
public enum QueryRole
{
    /// <summary>Leaves rows out. It is shown as active, can be removed by itself, and goes with "Clear filters".</summary>
    Filter,

    /// <summary>Says how rows are shown: sorted, folded. It leaves none out and stays when the filters are cleared.</summary>
    View,

    /// <summary>Says which part of a long list is shown. Any other filter or view begins at its first part again.</summary>
    Place,
}

/// <summary>How <see cref="FilterBar{TQuery}"/> lets a value be chosen.</summary>
public enum QueryField
{
    /// <summary>Not at all: the page has a control of its own.</summary>
    None,

    /// <summary>The search field, of which a list has one: typed text is looked for after a pause in typing.</summary>
    Search,

    /// <summary>A native select.</summary>
    Select,

    /// <summary>A line of text that counts once it is entered.</summary>
    Entry,
}

/// <summary>What an active filter is called on the button that removes it.</summary>
/// <param name="Text">In few words.</param>
/// <param name="Hint">More of it, on hover.</param>
public sealed record FilterChip(string Text, string? Hint = null);

/// <summary>
/// One value of a page's address, declared once: its name there, how it is written and read, how it is chosen and what it is called while it is
/// active. A value that makes no sense reads as none, so that an old or mistyped link still shows the list.
/// </summary>
/// <param name="Name">Its name in the address. Links and scripts know it: it does not change.</param>
/// <param name="Write">The value as the address has it; null for none.</param>
/// <param name="Read">The query with the value of the address.</param>
public sealed record QueryPart<TQuery>(string Name, Func<TQuery, string?> Write, Func<TQuery, string?, TQuery> Read)
{
    public QueryRole Role { get; init; }

    public QueryField Field { get; init; }

    /// <summary>The field's label.</summary>
    public string Label { get; init; } = "";

    /// <summary>What the field shows while nothing is chosen.</summary>
    public string? Placeholder { get; init; }

    /// <summary>What can be chosen. Where it depends on what is stored, the page hands it to the bar instead.</summary>
    public IReadOnlyList<Choice<string>> Options { get; init; } = [];

    /// <summary>Examples of what can be entered.</summary>
    public IReadOnlyList<string> Examples { get; init; } = [];

    /// <summary>The longest text that is taken.</summary>
    public int MaxLength { get; init; } = 200;

    /// <summary>What is said beside the field where what was entered makes no sense.</summary>
    public string? Error { get; init; }

    /// <summary>What the active filter is called; null where the chosen option's text says it.</summary>
    public Func<TQuery, BrowserClock, FilterChip>? Chip { get; init; }
}

/// <summary>A query that says what it consists of.</summary>
/// <typeparam name="TQuery">The query itself.</typeparam>
public interface IPageQuery<TQuery>
{
    /// <summary>Its values, in the order in which a new address has them.</summary>
    static abstract IReadOnlyList<QueryPart<TQuery>> Parts { get; }
}

/// <summary>
/// What a page shows, as its address says it: filters, order and place survive a reload and can be shared. A page declares the record, and
/// <see cref="AddressState{TQuery}"/> ties it to the address.
/// </summary>
/// <typeparam name="TQuery">The record itself.</typeparam>
public abstract record PageQuery<TQuery>
    where TQuery : PageQuery<TQuery>, IPageQuery<TQuery>, new()
{
    private TQuery Self => (TQuery)this;

    /// <summary>Whether any row may be left out.</summary>
    public bool IsFiltered => ActiveFilters.Any();

    /// <summary>The filters that leave rows out.</summary>
    public IEnumerable<QueryPart<TQuery>> ActiveFilters => TQuery.Parts.Where(part => part.Role == QueryRole.Filter && part.Write(Self) is not null);

    /// <summary>The same, from the first row on.</summary>
    public TQuery First() => Without(QueryRole.Place);

    /// <summary>The same view of all rows, from the first on.</summary>
    public TQuery Cleared() => First().Without(QueryRole.Filter);

    /// <summary>The values as the address holds them; null leaves one out.</summary>
    public IReadOnlyDictionary<string, object?> ToParameters() => TQuery.Parts.ToDictionary(part => part.Name, part => (object?)part.Write(Self));

    /// <summary>An address below the console's that shows the same filters and view.</summary>
    public string AddressOf(string path)
    {
        var first = First();
        return QueryHelpers.AddQueryString(
            path, TQuery.Parts.Select(part => KeyValuePair.Create(part.Name, part.Write(first))).Where(value => value.Value is not null));
    }

    private TQuery Without(QueryRole role) => TQuery.Parts.Where(part => part.Role == role).Aggregate(Self, (query, part) => part.Read(query, null));
}

/// <summary>Reads queries, and values that many of them have.</summary>
public static class PageQueries
{
    /// <summary>Reads an address's values by their names.</summary>
    public static TQuery Parse<TQuery>(Func<string, string?> value)
        where TQuery : PageQuery<TQuery>, IPageQuery<TQuery>, new() =>
        TQuery.Parts.Aggregate(new TQuery(), (query, part) => part.Read(query, value(part.Name)));

    /// <summary>Reads a whole address. Of a value that stands there twice, the first counts.</summary>
    public static TQuery ParseUri<TQuery>(string uri)
        where TQuery : PageQuery<TQuery>, IPageQuery<TQuery>, new()
    {
        var values = QueryHelpers.ParseQuery(new Uri(uri).Query);
        return Parse<TQuery>(name => values.TryGetValue(name, out var found) ? found[0] : null);
    }

    /// <summary>The text that the list is searched for.</summary>
    public static QueryPart<TQuery> Search<TQuery>(string placeholder, Func<TQuery, string?> get, Func<TQuery, string?, TQuery> set) =>
        new("q", get, (query, text) => set(query, TextOf(text)))
        {
            Field = QueryField.Search,
            Label = "Search",
            Placeholder = placeholder,
            Chip = (query, _) => new($"“{get(query)}”"),
        };

    /// <summary>One of a fixed few.</summary>
    public static QueryPart<TQuery> Choose<TQuery>(
        string name, string label, string placeholder, IReadOnlyList<Choice<string>> options, Func<TQuery, string?> get, Func<TQuery, string?, TQuery> set) =>
        new(name, get, (query, value) => set(query, options.Any(option => option.Value == value) ? value : null))
        {
            Field = QueryField.Select,
            Label = label,
            Placeholder = placeholder,
            Options = options,
        };

    /// <summary>The order of the rows; what stands first in <paramref name="options"/> is not in the address.</summary>
    public static QueryPart<TQuery> Sort<TQuery>(string usual, IReadOnlyList<Choice<string>> options, Func<TQuery, string?> get, Func<TQuery, string?, TQuery> set) =>
        Choose("sort", "Sort by", usual, options, get, set) with { Role = QueryRole.View };

    /// <summary>A number of something that is stored: a status page's, a notification's. The page hands over what can be chosen.</summary>
    public static QueryPart<TQuery> Number<TQuery>(string name, string label, string placeholder, Func<TQuery, int?> get, Func<TQuery, int?, TQuery> set) =>
        new(name, query => get(query)?.ToString(CultureInfo.InvariantCulture), (query, value) => set(query, (int?)KeyOf(value, int.MaxValue)))
        {
            Field = QueryField.Select,
            Label = label,
            Placeholder = placeholder,
        };

    /// <summary>How many rows stand before those that are shown.</summary>
    public static QueryPart<TQuery> Offset<TQuery>(Func<TQuery, int> get, Func<TQuery, int, TQuery> set) =>
        new("offset", query => get(query) is > 0 and var rows ? rows.ToString(CultureInfo.InvariantCulture) : null, (query, value) => set(query, (int)(KeyOf(value, int.MaxValue) ?? 0)))
        {
            Role = QueryRole.Place,
        };

    /// <summary>The key of the row at which a part of a long list begins.</summary>
    public static QueryPart<TQuery> Key<TQuery>(string name, Func<TQuery, long?> get, Func<TQuery, long?, TQuery> set) =>
        new(name, query => get(query)?.ToString(CultureInfo.InvariantCulture), (query, value) => set(query, KeyOf(value))) { Role = QueryRole.Place };

    /// <summary>A text as it is searched for; null for nothing.</summary>
    public static string? TextOf(string? text, int length = 200) =>
        text?.Trim() is { Length: > 0 } trimmed ? trimmed[..Math.Min(trimmed.Length, length)] : null;

    private static long? KeyOf(string? text, long most = long.MaxValue) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var key) && key <= most ? key : null;
}
