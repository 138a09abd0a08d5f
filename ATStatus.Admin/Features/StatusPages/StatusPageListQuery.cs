using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Features.StatusPages;

/// <summary>What the list of status pages shows.</summary>
public sealed record StatusPageListQuery : PageQuery<StatusPageListQuery>, IPageQuery<StatusPageListQuery>
{
    private const string Troubled = "not_operational";

    public static IReadOnlyList<QueryPart<StatusPageListQuery>> Parts { get; } =
    [
        PageQueries.Choose<StatusPageListQuery>(
            "show", "Show", "All", [new(Troubled, "Not operational"), new("archived", "Archived")], query => query.Show, (query, name) => query with { Show = name }),
        PageQueries.Search<StatusPageListQuery>("Name or slug", query => query.Text, (query, text) => query with { Text = text }),
        PageQueries.Sort<StatusPageListQuery>(
            "Name", [new("status", "Worst status first"), new("components", "Most components first")], query => query.Sort, (query, name) => query with { Sort = name }),
        PageQueries.Offset<StatusPageListQuery>(query => query.Offset, (query, rows) => query with { Offset = rows }),
    ];

    public string? Show { get; init; }

    /// <summary>Only those with these words in name or slug.</summary>
    public string? Text { get; init; }

    /// <summary>How they are sorted; null by name.</summary>
    public string? Sort { get; init; }

    /// <summary>How many stand before those that are shown.</summary>
    public int Offset { get; init; }

    /// <summary>Those that match, as they are sorted.</summary>
    public IEnumerable<StatusPageRow> Of(IEnumerable<StatusPageRow> pages)
    {
        var words = new FoldedWords(Text);
        var matching = pages.Where(page => words.Find(page.Name, page.Slug)).Where(page => Show switch
        {
            null => true,
            Troubled => page.ArchivedAt is null && page.Worst != ComponentStatus.Operational,
            _ => page.ArchivedAt is not null,
        });
        return Sort switch
        {
            "status" => matching.OrderByDescending(page => ComponentStatusResolver.Badness(page.Worst)),
            "components" => matching.OrderByDescending(page => page.Statuses.Count),
            _ => matching,
        };
    }
}
