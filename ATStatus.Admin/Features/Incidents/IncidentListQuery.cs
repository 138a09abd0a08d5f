using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>What the list of incidents shows.</summary>
public sealed record IncidentListQuery : PageQuery<IncidentListQuery>, IPageQuery<IncidentListQuery>
{
    private const string Open = "open";

    public static IReadOnlyList<QueryPart<IncidentListQuery>> Parts { get; } =
    [
        // Open ones, or those of one status: the status names are the wire's.
        PageQueries.Choose<IncidentListQuery>(
            "show", "Show", "All", [new(Open, "Open"), .. IncidentStatuses.All.Select(status => new Choice<string>(status.WireName(), status.Label()))],
            query => query.Show, (query, name) => query with { Show = name }),
        PageQueries.Choose<IncidentListQuery>(
            "severity", "Severity", "Any", [.. IncidentSeverities.All.Select(severity => new Choice<string>(severity.WireName(), severity.Label()))],
            query => query.Severity?.WireName(), (query, name) => query with { Severity = IncidentSeverities.TryParse(name, out var severity) ? severity : null }),
        PageQueries.Number<IncidentListQuery>("page", "Page", "All", query => query.Page, (query, id) => query with { Page = id }),
        PageQueries.Search<IncidentListQuery>("Title", query => query.Text, (query, text) => query with { Text = text }),
        PageQueries.Sort<IncidentListQuery>(
            "Open first", [new("newest", "Newest first"), new("oldest", "Oldest first"), new("severity", "Most severe first")],
            query => query.Sort, (query, name) => query with { Sort = name }),
        PageQueries.Offset<IncidentListQuery>(query => query.Offset, (query, rows) => query with { Offset = rows }),
    ];

    /// <summary>"open" leaves out the resolved ones; a status those of another.</summary>
    public string? Show { get; init; }

    /// <summary>Only those that are so severe.</summary>
    public IncidentSeverity? Severity { get; init; }

    /// <summary>Only this status page's.</summary>
    public int? Page { get; init; }

    /// <summary>Only those with these words in the title.</summary>
    public string? Text { get; init; }

    /// <summary>How they are sorted; null for open ones first.</summary>
    public string? Sort { get; init; }

    /// <summary>How many stand before those that are shown.</summary>
    public int Offset { get; init; }

    /// <summary>What is asked for.</summary>
    public IncidentSearch Search => new(
        Page, Show == Open, IncidentStatuses.TryParse(Show, out var status) ? status : null, Severity, Text,
        Sort switch
        {
            "newest" => IncidentOrder.Newest,
            "oldest" => IncidentOrder.Oldest,
            "severity" => IncidentOrder.Severity,
            _ => IncidentOrder.OpenFirst,
        });
}
