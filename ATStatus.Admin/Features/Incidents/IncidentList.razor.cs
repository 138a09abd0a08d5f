using ATStatus.Core.Incidents;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Incidents, open ones first.</summary>
public sealed partial class IncidentList
{
    private const int Limit = 200;
    private const int NamesShown = 2;
    private IReadOnlyList<IncidentRow> _incidents = [];

    [Inject]
    private IncidentQueries Queries { get; set; } = default!;

    /// <inheritdoc />
    protected override async Task LoadAsync() => _incidents = await Queries.ListAsync(limit: Limit, cancellationToken: Gone);

    // A few names; all of them stand in the cell's title and on the incident's page.
    private static string TouchedText(IReadOnlyList<string> names) => names.Count <= NamesShown + 1
        ? string.Join(", ", names)
        : $"{string.Join(", ", names.Take(NamesShown))} and {names.Count - NamesShown} more";
}
