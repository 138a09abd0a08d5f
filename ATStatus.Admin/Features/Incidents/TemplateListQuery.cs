using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Events;
using ATStatus.Core.Model;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>What the list of incident templates shows.</summary>
public sealed record TemplateListQuery : PageQuery<TemplateListQuery>, IPageQuery<TemplateListQuery>
{
    public static IReadOnlyList<QueryPart<TemplateListQuery>> Parts { get; } =
    [
        PageQueries.Choose<TemplateListQuery>(
            "severity", "Severity", "Any", [.. IncidentSeverities.All.Select(severity => new Choice<string>(severity.WireName(), severity.Label()))],
            query => query.Severity?.WireName(), (query, name) => query with { Severity = IncidentSeverities.TryParse(name, out var severity) ? severity : null }),
        PageQueries.Search<TemplateListQuery>("Name, title or message", query => query.Text, (query, text) => query with { Text = text }),
        PageQueries.Offset<TemplateListQuery>(query => query.Offset, (query, rows) => query with { Offset = rows }),
    ];

    /// <summary>Only those that begin an incident so severe.</summary>
    public IncidentSeverity? Severity { get; init; }

    /// <summary>Only those with these words in a text.</summary>
    public string? Text { get; init; }

    /// <summary>How many stand before those that are shown.</summary>
    public int Offset { get; init; }

    /// <summary>Those that match.</summary>
    public IReadOnlyList<IncidentTemplate> Of(IEnumerable<IncidentTemplate> templates)
    {
        var words = new FoldedWords(Text);
        return [.. templates.Where(t => (Severity is null || t.Severity == Severity) && words.Find(t.Name, t.Title, t.Message))];
    }
}
