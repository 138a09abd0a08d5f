using System.Globalization;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>What the list of components shows.</summary>
public sealed record ComponentListQuery : PageQuery<ComponentListQuery>, IPageQuery<ComponentListQuery>
{
    private const string Troubled = "not_operational";
    private const string Visible = "visible";
    private const string Hidden = "hidden";

    public static IReadOnlyList<QueryPart<ComponentListQuery>> Parts { get; } =
    [
        PageQueries.Number<ComponentListQuery>("page", "Page", "All", query => query.Page, (query, id) => query with { Page = id }),
        PageQueries.Choose<ComponentListQuery>(
            "show", "Show", "All",
            [
                new(Troubled, "Not operational"), .. ComponentStatuses.All.Select(status => new Choice<string>(status.WireName(), status.Label())),
                new(Visible, "Visible components"), new(Hidden, "Hidden components"),
            ],
            query => query.Show, (query, name) => query with { Show = name }),
        PageQueries.Search<ComponentListQuery>("Name, description or group", query => query.Text, (query, text) => query with { Text = text }),
        PageQueries.Sort<ComponentListQuery>(
            "Page order", [new("name", "Name"), new("status", "Worst status first"), new("uptime", "Lowest uptime first")], query => query.Sort, (query, name) => query with { Sort = name }),
        // Groups by number, joined by hyphens.
        new("closed", query => Joined(query.Closed), (query, ids) => query with { Closed = ids }) { Role = QueryRole.View },
        new("open", query => Joined(query.Opened), (query, ids) => query with { Opened = ids }) { Role = QueryRole.View },
        PageQueries.Offset<ComponentListQuery>(query => query.Offset, (query, rows) => query with { Offset = rows }),
    ];

    /// <summary>Only this status page's.</summary>
    public int? Page { get; init; }

    /// <summary>Only those with a status, or that are visible or hidden.</summary>
    public string? Show { get; init; }

    /// <summary>Only those with these words in name, description or group.</summary>
    public string? Text { get; init; }

    /// <summary>How they are sorted, without their groups; null in their page's order.</summary>
    public string? Sort { get; init; }

    /// <summary>The groups that are folded where groups are open.</summary>
    public string? Closed { get; init; }

    /// <summary>The groups that are open where groups are folded because there are many components.</summary>
    public string? Opened { get; init; }

    /// <summary>How many lines stand before those that are shown.</summary>
    public int Offset { get; init; }

    /// <summary>Whether components may be left out of their page.</summary>
    public bool IsNarrowed => Show is not null || Text is not null;

    /// <summary>Whether it shows a component.</summary>
    public bool Matches(ComponentRow row, FoldedWords words) => Show switch
    {
        null => true,
        Troubled => row.Status != ComponentStatus.Operational,
        Visible => row.IsVisible,
        Hidden => !row.IsVisible,
        _ => row.Status.WireName() == Show,
    } && words.Find(row.Name, row.Description, row.GroupName);

    /// <summary>The rows as they are sorted without their groups.</summary>
    public IEnumerable<ComponentRow> Sorted(IEnumerable<ComponentRow> rows) => Sort switch
    {
        "status" => rows.OrderByDescending(row => ComponentStatusResolver.Badness(row.Status)),
        "uptime" => rows.OrderBy(row => row.UptimePercent),
        _ => rows.OrderBy(row => row.Name, StringComparer.CurrentCultureIgnoreCase),
    };

    /// <summary>Whether a group is folded.</summary>
    /// <param name="group">Its number.</param>
    /// <param name="areFolded">Groups are folded unless they are opened, because there are many components.</param>
    public bool IsClosed(int group, bool areFolded) => areFolded != Numbers(areFolded ? Opened : Closed).Contains(group);

    /// <summary>Folds a group, or opens it.</summary>
    public ComponentListQuery Toggle(int group, bool areFolded)
    {
        var numbers = Numbers(areFolded ? Opened : Closed);
        if (!numbers.Remove(group))
            numbers.Add(group);
        var text = numbers.Count == 0 ? null : string.Join('-', numbers.Order());
        return areFolded ? this with { Opened = text } : this with { Closed = text };
    }

    private static string? Joined(string? numbers) => Numbers(numbers) is { Count: > 0 } known ? string.Join('-', known.Order()) : null;

    private static HashSet<int> Numbers(string? text) => [.. (text ?? "").Split('-')
        .Select(number => int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : 0).Where(id => id > 0)];
}
