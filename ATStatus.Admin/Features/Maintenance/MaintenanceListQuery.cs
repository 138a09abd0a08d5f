using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>What the list of maintenance shows.</summary>
public sealed record MaintenanceListQuery : PageQuery<MaintenanceListQuery>, IPageQuery<MaintenanceListQuery>
{
    private const string Past = "past";

    public static IReadOnlyList<QueryPart<MaintenanceListQuery>> Parts { get; } =
    [
        new("show", query => query.IsPast ? Past : null, (query, name) => query with { IsPast = string.Equals(name, Past, StringComparison.OrdinalIgnoreCase) })
        {
            Role = QueryRole.View,
        },
        PageQueries.Choose<MaintenanceListQuery>(
            "status", "Status", "Any", [.. MaintenanceStatuses.All.Select(status => new Choice<string>(status.WireName(), status.Label()))],
            query => query.Status?.WireName(), (query, name) => query with { Status = MaintenanceStatuses.TryParse(name, out var status) ? status : null }),
        PageQueries.Number<MaintenanceListQuery>("page", "Page", "All", query => query.Page, (query, id) => query with { Page = id }),
        PageQueries.Search<MaintenanceListQuery>("Title", query => query.Text, (query, text) => query with { Text = text }),
        PageQueries.Sort<MaintenanceListQuery>(
            "Usual order", [new("earliest", "Earliest start first"), new("latest", "Latest start first")], query => query.Sort, (query, name) => query with { Sort = name }),
        PageQueries.Offset<MaintenanceListQuery>(query => query.Offset, (query, rows) => query with { Offset = rows }),
    ];

    /// <summary>What is over, instead of what runs or is to come.</summary>
    public bool IsPast { get; init; }

    /// <summary>Only windows with this status.</summary>
    public MaintenanceStatus? Status { get; init; }

    /// <summary>Only this status page's.</summary>
    public int? Page { get; init; }

    /// <summary>Only windows with these words in the title.</summary>
    public string? Text { get; init; }

    /// <summary>How they are sorted; null as is usual: running ones first, or the latest end.</summary>
    public string? Sort { get; init; }

    /// <summary>How many stand before those that are shown.</summary>
    public int Offset { get; init; }

    /// <summary>What is asked for.</summary>
    public MaintenanceSearch Search => new(
        IsPast ? MaintenanceSpan.Past : MaintenanceSpan.CurrentAndUpcoming, Page, Status, Text,
        Sort switch
        {
            "earliest" => MaintenanceOrder.EarliestStart,
            "latest" => MaintenanceOrder.LatestStart,
            _ => null,
        });
}
