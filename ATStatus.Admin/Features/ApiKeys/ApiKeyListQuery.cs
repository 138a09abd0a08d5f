using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Events;
using ATStatus.Core.Model;

namespace ATStatus.Admin.Features.ApiKeys;

/// <summary>What the list of API keys shows.</summary>
public sealed record ApiKeyListQuery : PageQuery<ApiKeyListQuery>, IPageQuery<ApiKeyListQuery>
{
    private const string Working = "working";

    public static IReadOnlyList<QueryPart<ApiKeyListQuery>> Parts { get; } =
    [
        PageQueries.Choose<ApiKeyListQuery>(
            "show", "Show", "All", [new(Working, "Working"), new("ended", "Revoked and expired")], query => query.Show, (query, name) => query with { Show = name }),
        PageQueries.Search<ApiKeyListQuery>("Name, scope or creator", query => query.Text, (query, text) => query with { Text = text }),
        PageQueries.Sort<ApiKeyListQuery>("Name", [new("used", "Last used first"), new("newest", "Newest first")], query => query.Sort, (query, name) => query with { Sort = name }),
        PageQueries.Offset<ApiKeyListQuery>(query => query.Offset, (query, rows) => query with { Offset = rows }),
    ];

    /// <summary>Only those that work, or those that have ended.</summary>
    public string? Show { get; init; }

    /// <summary>Only those with these words in name, beginning, scopes or creator.</summary>
    public string? Text { get; init; }

    /// <summary>How they are sorted; null by name.</summary>
    public string? Sort { get; init; }

    /// <summary>How many stand before those that are shown.</summary>
    public int Offset { get; init; }

    /// <summary>Those that match at this moment (UTC), as they are sorted.</summary>
    public IEnumerable<ApiKey> Of(IEnumerable<ApiKey> keys, DateTime now)
    {
        var words = new FoldedWords(Text);
        var matching = keys.Where(key => (Show is null || key.IsValidAt(now) == (Show == Working)) && words.Find([key.Name, key.Prefix, key.CreatedBy, .. key.Scopes]));
        return Sort switch
        {
            "used" => matching.OrderByDescending(key => key.LastUsedAt),
            "newest" => matching.OrderByDescending(key => key.CreatedAt),
            _ => matching,
        };
    }
}
