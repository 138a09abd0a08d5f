using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Incidents;

/// <summary>An incident in a list.</summary>
/// <param name="Components">The names of the components it touches.</param>
/// <param name="StartedAt">When it began (UTC).</param>
/// <param name="ResolvedAt">When it was resolved (UTC).</param>
public sealed record IncidentRow(
    int Id, string Title, IncidentSeverity Severity, IncidentStatus Status, string StatusPageName, IReadOnlyList<string> Components,
    DateTime StartedAt, DateTime? ResolvedAt)
{
    /// <summary>When it really ended (UTC), where a person entered that; null for when it was resolved.</summary>
    public DateTime? EndedAt { get; init; }

    /// <summary>When it ended (UTC), entered or not; null while it is open. Its duration is from the start until then.</summary>
    public DateTime? End => EndedAt ?? ResolvedAt;
}

/// <summary>A timeline entry.</summary>
/// <param name="Status">The status from it on.</param>
/// <param name="Message">The message as published.</param>
/// <param name="At">When (UTC).</param>
public sealed record IncidentUpdateRow(int Id, IncidentStatus Status, string Message, DateTime At, string Author);

/// <summary>An incident with its timeline, newest first.</summary>
/// <param name="Affected">The components it touches, with the status each has during it.</param>
/// <param name="Version">What to hand to an update.</param>
public sealed record IncidentDetail(
    IncidentRow Row, int StatusPageId, IReadOnlyList<AffectedComponent> Affected, int Version, IReadOnlyList<IncidentUpdateRow> Updates)
{
    public IReadOnlyList<int> ComponentIds => [.. Affected.Select(a => a.ComponentId)];

    /// <summary>What was learnt; null where nothing is written.</summary>
    public string? Postmortem { get; init; }

    /// <summary>When it was entered here (UTC).</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed (UTC).</summary>
    public DateTime UpdatedAt { get; init; }

    /// <summary>Whether a page shows the same for another reading: the same version, and the same names, which are not the incident's.</summary>
    public bool IsLike(IncidentDetail? other) => other is not null && Row.Id == other.Row.Id && Version == other.Version
        && Row.StatusPageName == other.Row.StatusPageName && Row.Components.SequenceEqual(other.Row.Components)
        && Affected.ToHashSet().SetEquals(other.Affected);
}

/// <summary>Which incidents are asked for; everything that is given must hold.</summary>
/// <param name="Before">Only those with a smaller number.</param>
public sealed record IncidentFilter(int? StatusPageId = null, IncidentStatus? Status = null, bool OpenOnly = false, long? Before = null);

/// <summary>What a list of incidents shows; everything that is given must hold.</summary>
/// <param name="Text">Only those whose title has these words.</param>
public sealed record IncidentSearch(
    int? StatusPageId = null, bool OpenOnly = false, IncidentStatus? Status = null, IncidentSeverity? Severity = null, string? Text = null,
    IncidentOrder Order = IncidentOrder.OpenFirst);

/// <summary>How a list of incidents is sorted.</summary>
public enum IncidentOrder
{
    /// <summary>Open ones first, then by start, the newest first.</summary>
    OpenFirst,

    /// <summary>By start, the newest first.</summary>
    Newest,

    /// <summary>By start, the oldest first.</summary>
    Oldest,

    /// <summary>Critical ones first, then by start, the newest first.</summary>
    Severity,
}

/// <summary>An open incident that nobody wrote about for long.</summary>
/// <param name="LastUpdateAt">When it was last updated (UTC).</param>
public sealed record SilentIncident(int Id, string Title, DateTime LastUpdateAt);

/// <summary>The open incidents that matter most.</summary>
/// <param name="Rows">Critical ones first, all of them, then the others by severity.</param>
/// <param name="Total">How many are open.</param>
public sealed record OpenIncidents(IReadOnlyList<IncidentRow> Rows, int Total);

public sealed class IncidentQueries(IDbContextFactory<AtStatusDbContext> contexts)
{
    /// <summary>Open incidents first, then by start, newest first; at most <paramref name="limit"/>, of one page where asked for.</summary>
    public async Task<IReadOnlyList<IncidentRow>> ListAsync(
        bool openOnly = false, int limit = 200, int? statusPageId = null, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await RowsAsync(
            db.Incidents
                .Where(i => !openOnly || i.Status != IncidentStatus.Resolved)
                .Where(i => statusPageId == null || i.StatusPageId == statusPageId)
                .OrderByDescending(i => i.Status != IncidentStatus.Resolved).ThenByDescending(i => i.StartedAt).ThenByDescending(i => i.Id),
            limit, cancellationToken);
    }

    /// <summary>A part of those that are searched for.</summary>
    /// <param name="search">Which, and in what order.</param>
    /// <param name="offset">How many stand before the part.</param>
    /// <param name="size">How many it has at most.</param>
    public async Task<ListSlice<IncidentRow>> SearchAsync(IncidentSearch search, int offset, int size, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var matching = db.Incidents.AsNoTracking()
            .Where(i => !search.OpenOnly || i.Status != IncidentStatus.Resolved)
            .Where(i => search.StatusPageId == null || i.StatusPageId == search.StatusPageId)
            .Where(i => search.Status == null || i.Status == search.Status)
            .Where(i => search.Severity == null || i.Severity == search.Severity);
        var (ids, found) = await ListSlices.TakeAsync(
            Ordered(matching, search.Order).Select(i => new TitledRow(i.Id, i.Title)), new FoldedWords(search.Text), offset, size, cancellationToken);
        var rows = await RowsAsync(db.Incidents.Where(i => ids.Contains(i.Id)).OrderBy(i => i.Id), size, cancellationToken);
        return new ListSlice<IncidentRow>(ListSlices.InOrder(ids, rows, row => row.Id), found, await db.Incidents.CountAsync(cancellationToken));
    }

    private static IQueryable<Incident> Ordered(IQueryable<Incident> incidents, IncidentOrder order) => order switch
    {
        IncidentOrder.Newest => incidents.OrderByDescending(i => i.StartedAt).ThenByDescending(i => i.Id),
        IncidentOrder.Oldest => incidents.OrderBy(i => i.StartedAt).ThenBy(i => i.Id),
        IncidentOrder.Severity => BySeverity(incidents),
        _ => incidents.OrderByDescending(i => i.Status != IncidentStatus.Resolved).ThenByDescending(i => i.StartedAt).ThenByDescending(i => i.Id),
    };

    // Stored by name, severities have no order of their own.
    private static IQueryable<Incident> BySeverity(IQueryable<Incident> incidents) => incidents
        .OrderByDescending(i => i.Severity == IncidentSeverity.Critical).ThenByDescending(i => i.Severity == IncidentSeverity.Major)
        .ThenByDescending(i => i.Severity == IncidentSeverity.Minor).ThenByDescending(i => i.StartedAt).ThenByDescending(i => i.Id);

    /// <summary>Open incidents by severity, then by start, newest first: at most <paramref name="limit"/>, but every critical one.</summary>
    public async Task<OpenIncidents> OpenAsync(int limit, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var open = db.Incidents.Where(i => i.Status != IncidentStatus.Resolved);
        var counts = await open.GroupBy(i => i.Severity).Select(same => new { same.Key, Count = same.Count() }).ToListAsync(cancellationToken);
        var critical = counts.Find(c => c.Key == IncidentSeverity.Critical)?.Count ?? 0;
        return new OpenIncidents(
            await RowsAsync(BySeverity(open), Math.Max(limit, critical), cancellationToken),
            counts.Sum(c => c.Count));
    }

    /// <summary>How many incidents are open.</summary>
    public async Task<int> CountOpenAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Incidents.CountAsync(i => i.Status != IncidentStatus.Resolved, cancellationToken);
    }

    /// <summary>One incident; null when there is none.</summary>
    public async Task<IncidentDetail?> FindAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await Whole(db).SingleOrDefaultAsync(i => i.Id == id, cancellationToken) is { } incident ? Detail(incident) : null;
    }

    /// <summary>The newest incidents that match, by number, whole; at most <paramref name="limit"/>.</summary>
    public async Task<IReadOnlyList<IncidentDetail>> NewestAsync(IncidentFilter filter, int limit, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var incidents = await Whole(db)
            .Where(i => filter.StatusPageId == null || i.StatusPageId == filter.StatusPageId)
            .Where(i => filter.Status == null || i.Status == filter.Status)
            .Where(i => !filter.OpenOnly || i.Status != IncidentStatus.Resolved)
            .Where(i => filter.Before == null || i.Id < filter.Before)
            .OrderByDescending(i => i.Id).Take(limit).ToListAsync(cancellationToken);
        return [.. incidents.Select(Detail)];
    }

    /// <summary>Open incidents without an update for <paramref name="silence"/>, the longest silent first.</summary>
    public async Task<IReadOnlyList<SilentIncident>> SilentAsync(TimeSpan silence, DateTime now, CancellationToken cancellationToken = default)
    {
        var before = now - silence;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Incidents.AsNoTracking()
            .Where(i => i.Status != IncidentStatus.Resolved && !i.Updates.Any(u => u.At > before))
            .OrderBy(i => i.Updates.Max(u => u.At))
            .Select(i => new SilentIncident(i.Id, i.Title, i.Updates.Max(u => u.At)))
            .ToListAsync(cancellationToken);
    }

    /// <summary>Whether something that one of the incidents said counts in a component's history, so that its deletion must say what becomes of it.</summary>
    public async Task<bool> HasHistoryAsync(IReadOnlyCollection<int> incidentIds, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.ComponentStatements.AsNoTracking().AnyAsync(
            s => s.Source == StatementSource.Incident && incidentIds.Contains(s.SourceId!.Value)
                && (s.To == null || (s.To > s.From && db.Components.Any(c => c.Id == s.ComponentId && s.To > c.CreatedAt))),
            cancellationToken);
    }

    private static async Task<IReadOnlyList<IncidentRow>> RowsAsync(IQueryable<Incident> incidents, int limit, CancellationToken cancellationToken) =>
        [.. (await incidents.AsNoTracking().Take(limit)
            .Include(i => i.StatusPage)
            .Include(i => i.Components).ThenInclude(c => c.Component).ThenInclude(c => c!.Group)
            .AsSplitQuery()
            .ToListAsync(cancellationToken)).Select(Row)];

    private static IQueryable<Incident> Whole(AtStatusDbContext db) => db.Incidents.AsNoTracking()
        .Include(i => i.StatusPage)
        .Include(i => i.Updates)
        .Include(i => i.Components).ThenInclude(c => c.Component).ThenInclude(c => c!.Group)
        .AsSplitQuery();

    private static IncidentDetail Detail(Incident incident) => new(
        Row(incident), incident.StatusPageId, [.. incident.Components.Select(c => new AffectedComponent(c.ComponentId, c.Status, c.IsChosen))],
        incident.Version,
        [.. incident.Updates.OrderByDescending(u => u.Id).Select(u => new IncidentUpdateRow(u.Id, u.Status, u.Message, u.At, u.Author))])
    {
        Postmortem = incident.Postmortem,
        CreatedAt = incident.CreatedAt,
        UpdatedAt = incident.UpdatedAt,
    };

    private static IncidentRow Row(Incident incident) => new(
        incident.Id, incident.Title, incident.Severity, incident.Status, incident.StatusPage!.Name,
        [.. Component.InPageOrder(incident.Components.Select(c => c.Component!)).Select(c => c.Name)],
        incident.StartedAt, incident.ResolvedAt)
    {
        EndedAt = incident.EndedAt,
    };
}
