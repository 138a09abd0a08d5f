using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Features.Notifications.Types;
using ATStatus.Core.Notifications;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>What the list of notifications shows.</summary>
public sealed record NotificationListQuery : PageQuery<NotificationListQuery>, IPageQuery<NotificationListQuery>
{
    private static readonly (string Name, string Text, NotificationCondition Condition)[] Conditions =
    [
        ("failing", "Failing", NotificationCondition.Failing), ("held", "Held back", NotificationCondition.OnHold),
        ("off", "Off", NotificationCondition.Off), ("on", "On", NotificationCondition.On),
    ];

    public static IReadOnlyList<QueryPart<NotificationListQuery>> Parts { get; } =
    [
        PageQueries.Choose<NotificationListQuery>(
            "show", "Show", "All", [.. Conditions.Select(condition => new Choice<string>(condition.Name, condition.Text))], query => query.Show, (query, name) => query with { Show = name }),
        PageQueries.Choose<NotificationListQuery>(
            "type", "Type", "All types", [.. NotificationTypes.All.Select(type => new Choice<string>(type.Kind, type.Label))], query => query.Kind, (query, kind) => query with { Kind = kind }),
        PageQueries.Search<NotificationListQuery>("Name or URL", query => query.Text, (query, text) => query with { Text = text }),
        PageQueries.Sort<NotificationListQuery>("Name", [new("trouble", "Failing first"), new("latest", "Latest result first")], query => query.Sort, (query, name) => query with { Sort = name }),
        PageQueries.Offset<NotificationListQuery>(query => query.Offset, (query, rows) => query with { Offset = rows }),
    ];

    /// <summary>Only those that stand so; see <see cref="NotificationCondition"/>.</summary>
    public string? Show { get; init; }

    /// <summary>Only those of this type.</summary>
    public string? Kind { get; init; }

    /// <summary>Only those with these words in name or URL.</summary>
    public string? Text { get; init; }

    /// <summary>How they are sorted; null by name.</summary>
    public string? Sort { get; init; }

    /// <summary>How many stand before those that are shown.</summary>
    public int Offset { get; init; }

    /// <summary>What is asked for.</summary>
    public NotificationSearch Search => new(
        Text, Conditions.Where(condition => condition.Name == Show).Select(condition => (NotificationCondition?)condition.Condition).FirstOrDefault(), Kind,
        Sort switch
        {
            "trouble" => NotificationOrder.TroubledFirst,
            "latest" => NotificationOrder.LatestResult,
            _ => NotificationOrder.Name,
        });
}
