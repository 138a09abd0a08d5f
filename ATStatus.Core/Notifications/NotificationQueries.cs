using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>A notification in the list.</summary>
/// <param name="DisplayUrl">Its target, without what could be a token.</param>
/// <param name="DisabledAt">When it was switched off (UTC).</param>
/// <param name="PageNames">The pages it is limited to; none where it is not, and where those it was limited to are gone.</param>
/// <param name="Last">Its last attempt that was no test.</param>
/// <param name="Circuit">How it is held back; null while nothing is wrong.</param>
public sealed record NotificationRow(
    int Id, string Kind, string Name, string DisplayUrl, bool IsSigned, bool Enabled, DateTime? DisabledAt, string? DisabledReason,
    Subscription Subscription, IReadOnlyList<string> PageNames, LastResult? Last, CircuitState? Circuit = null)
{
    /// <summary>Why no event can match what it is limited to; null where one can.</summary>
    public NothingMatches? ReceivesNothing { get; init; }

    /// <summary>The components it is limited to; none where it is not, and where those it was limited to are gone.</summary>
    public IReadOnlyList<string> ComponentNames { get; init; } = [];

    /// <summary>The groups of components it is limited to; none where it is not, and where those it was limited to are gone.</summary>
    public IReadOnlyList<string> GroupNames { get; init; } = [];

    /// <summary>The notification that is alerted when this one fails; null for none.</summary>
    public string? AlertName { get; init; }

    /// <summary>When that one was alerted (UTC); null while this one does not fail.</summary>
    public DateTime? AlertedAt { get; init; }

    /// <summary>Whether its receiver has a certificate that is not verified.</summary>
    public bool IsUnverified { get; init; }

    /// <summary>Until when the secret before the last rotation goes on signing (UTC); null where there is none.</summary>
    public DateTime? PreviousSecretUntil { get; init; }

    /// <summary>How many deliveries failed since its last success, or since it was made or switched on.</summary>
    public int FailedDeliveries { get; init; }

    /// <summary>When a delivery last succeeded (UTC); null where none has.</summary>
    public DateTime? LastSuccessAt { get; init; }

    /// <summary>How far resending what it missed has come; null while that does not run.</summary>
    public RecoveryProgress? Recovery { get; init; }

    /// <summary>Whether the console, not a person, switched it off.</summary>
    public bool WasGivenUp =>
        !Enabled && DisabledReason is not (NotificationService.ByHand or NotificationService.Imported or NotificationService.SecretMissing);
}

/// <summary>What a list of notifications shows; everything that is given must hold.</summary>
/// <param name="Text">Only those whose name or target has these words.</param>
/// <param name="Kind">Only those of this type.</param>
public sealed record NotificationSearch(
    string? Text = null, NotificationCondition? Condition = null, string? Kind = null, NotificationOrder Order = NotificationOrder.Name);

/// <summary>How a notification stands, as a list is filtered.</summary>
public enum NotificationCondition
{
    /// <summary>It is on, and its last attempt failed, a delivery failed since the last success, or it is on hold.</summary>
    Failing,

    /// <summary>It is on, and its deliveries are held back.</summary>
    OnHold,

    /// <summary>It is switched off.</summary>
    Off,

    /// <summary>It is switched on.</summary>
    On,
}

/// <summary>How a list of notifications is sorted.</summary>
public enum NotificationOrder
{
    Name,

    /// <summary>Failing ones, then those that are off.</summary>
    TroubledFirst,

    /// <summary>The one that was last sent something first.</summary>
    LatestResult,
}

/// <summary>Why no event can match a notification.</summary>
public enum NothingMatches
{
    /// <summary>The pages it is limited to are gone.</summary>
    NoPage,

    /// <summary>The components and groups it is limited to are gone.</summary>
    NoComponent,

    /// <summary>None of its components and groups is on one of its pages.</summary>
    NoComponentOnItsPages,

    /// <summary>It subscribes to <c>component.created</c> alone, which concerns no component that can have been chosen before, and to no group.</summary>
    NewComponentsOnly,
}

/// <summary>A notification whose deliveries are held back.</summary>
/// <param name="NextProbeAt">When one is let through to see whether it answers again (UTC); null when it does and the rest drains.</param>
/// <param name="Failures">Attempts that failed in a row.</param>
/// <param name="Waiting">Deliveries that wait.</param>
public sealed record CircuitState(DateTime? NextProbeAt, int Failures, int Waiting);

/// <summary>How far resending has come.</summary>
/// <param name="Reopened">How many have begun a new round.</param>
/// <param name="Total">How many there were when it was asked for.</param>
public sealed record RecoveryProgress(int Reopened, int Total);

/// <summary>What the last attempt came to.</summary>
/// <param name="At">When it began (UTC).</param>
/// <param name="Failure">What went wrong; null for a success.</param>
/// <param name="StatusCode">The response's status, where there was one.</param>
/// <param name="State">What has become of its delivery by now; null where retention has deleted it.</param>
public sealed record LastResult(long DeliveryId, DateTime At, FailureKind? Failure, int? StatusCode, DeliveryState? State);

/// <summary>A notification to choose.</summary>
public sealed record NotificationChoice(int Id, string Name);

/// <summary>A notification as its form shows it. The secret is not among it.</summary>
/// <param name="Version">What to hand to an update.</param>
/// <param name="Url">Its target, masked where <see cref="UrlIsMasked"/>; null when it cannot be decrypted any more.</param>
public sealed record NotificationDetail(
    int Id, int Version, string Kind, string Name, string? Url, bool HasSecret, bool Enabled, Subscription Subscription,
    SendOptions Options)
{
    /// <summary>The URL can be a credential and is not here whole; see <see cref="NotificationQueries.UrlAsync"/>.</summary>
    public bool UrlIsMasked { get; init; }

    /// <summary>Until when the secret before the last rotation goes on signing (UTC); null where there is none.</summary>
    public DateTime? PreviousSecretUntil { get; init; }

    /// <summary>When it was made (UTC).</summary>
    public DateTime CreatedAt { get; init; }

    /// <summary>When it was last changed (UTC).</summary>
    public DateTime UpdatedAt { get; init; }

    /// <summary>Why it was switched off, in words; null while it is on.</summary>
    public string? DisabledReason { get; init; }

    /// <summary>The names of the added headers, in their order; their values are secrets.</summary>
    public IReadOnlyList<string> HeaderNames { get; init; } = [];

    /// <summary>Whether the added headers' values cannot be decrypted any more.</summary>
    public bool HeadersLost { get; init; }
}

public sealed class NotificationQueries(
    IDbContextFactory<AtStatusDbContext> contexts, TargetProtector protector, TransportEditor transports, TimeProvider time)
{
    /// <summary>Every notification, by name.</summary>
    public Task<IReadOnlyList<NotificationRow>> ListAsync(CancellationToken cancellationToken = default) => RowsAsync(null, cancellationToken);

    /// <summary>One notification as the list shows it; null when there is none.</summary>
    public async Task<NotificationRow?> RowAsync(int id, CancellationToken cancellationToken = default) =>
        (await RowsAsync([id], cancellationToken)).SingleOrDefault();

    /// <summary>A part of those that are searched for.</summary>
    /// <param name="search">Which, and in what order.</param>
    /// <param name="offset">How many stand before the part.</param>
    /// <param name="size">How many it has at most.</param>
    public async Task<ListSlice<NotificationRow>> SearchAsync(NotificationSearch search, int offset, int size, CancellationToken cancellationToken = default)
    {
        // Who receives what is read of those alone that are shown; to choose them, a few columns of each are enough.
        IReadOnlyList<SearchedRow> all;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            all = await (
                from n in db.Notifications.AsNoTracking()
                join h in db.NotificationHealth on n.Id equals h.NotificationId into found
                from h in found.DefaultIfEmpty()
                orderby n.Name, n.Id
                select new SearchedRow(
                    n.Id, n.Name, n.Kind, n.Transport.DisplayUrl, n.Enabled, h != null && (h.OpenedAt != null || h.DrainingSince != null),
                    h != null && (h.LastFailure != null || h.FailedDeliveries > 0), h == null ? null : h.LastAttemptAt)).ToListAsync(cancellationToken);
        }
        var words = new FoldedWords(search.Text);
        var matching = all.Where(row => search.Kind is null || row.Kind == search.Kind).Where(row => row.Is(search.Condition)).Where(row => words.Find(row.Name, row.DisplayUrl)).ToList();
        var ordered = search.Order switch
        {
            NotificationOrder.TroubledFirst => matching.OrderByDescending(row => row.Is(NotificationCondition.Failing)).ThenBy(row => row.Enabled),
            NotificationOrder.LatestResult => matching.OrderByDescending(row => row.LastAttemptAt),
            _ => matching.AsEnumerable(),
        };
        int[] ids = [.. ordered.Select(row => row.Id).Skip(offset).Take(size)];
        return new ListSlice<NotificationRow>(ListSlices.InOrder(ids, await RowsAsync(ids, cancellationToken), row => row.Id), matching.Count, all.Count);
    }

    /// <summary>What a notification is searched and sorted by.</summary>
    private sealed record SearchedRow(int Id, string Name, string Kind, string DisplayUrl, bool Enabled, bool IsHeld, bool HasFailed, DateTime? LastAttemptAt)
    {
        public bool Is(NotificationCondition? condition) => condition switch
        {
            NotificationCondition.Failing => Enabled && (IsHeld || HasFailed),
            NotificationCondition.OnHold => Enabled && IsHeld,
            NotificationCondition.Off => !Enabled,
            NotificationCondition.On => Enabled,
            _ => true,
        };
    }

    private async Task<IReadOnlyList<NotificationRow>> RowsAsync(int[]? only, CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var notifications = await db.Notifications.AsNoTracking().Where(n => only == null || only.Contains(n.Id)).WithSubscription()
            .OrderBy(n => n.Name).ThenBy(n => n.Id)
            .ToListAsync(cancellationToken);
        var pages = DistinctNames.Of(
            notifications.TrueForAll(n => n.AllPages) ? [] : await db.StatusPages.AsNoTracking()
                .Select(p => new { p.Id, p.Name, p.Slug }).ToListAsync(cancellationToken),
            p => p.Id, p => p.Name, p => p.Slug);
        var components = notifications.TrueForAll(n => n.AllComponents) ? [] : await db.Components.AsNoTracking()
            .Select(c => new NamedComponent(c.Id, c.Name, c.StatusPageId, c.StatusPage!.Name, c.StatusPage.Slug, c.Group == null ? null : c.Group.Name))
            .ToListAsync(cancellationToken);
        var componentNames = DistinctNames.Of(components, c => c.Id, c => c.Name, c => c.PageName, c => c.PageSlug, c => c.GroupName ?? DistinctNames.NoGroup);
        var groups = notifications.TrueForAll(n => n.Groups.Count == 0) ? [] : await db.ComponentGroups.AsNoTracking()
            .Join(db.StatusPages, g => g.StatusPageId, p => p.Id, (g, p) => new NamedComponent(g.Id, g.Name, p.Id, p.Name, p.Slug, null))
            .ToListAsync(cancellationToken);
        var groupNames = DistinctNames.Of(groups, g => g.Id, g => g.Name, g => g.PageName, g => g.PageSlug);
        var (pageOf, pageOfGroup) = (components.ToDictionary(c => c.Id, c => c.StatusPageId), groups.ToDictionary(g => g.Id, g => g.StatusPageId));
        var names = only is null || notifications.TrueForAll(n => n.AlertNotificationId is null)
            ? notifications.ToDictionary(n => n.Id, n => n.Name)
            : await db.Notifications.ToDictionaryAsync(n => n.Id, n => n.Name, cancellationToken);
        var found = await (
            from h in db.NotificationHealth.AsNoTracking()
            where only == null || only.Contains(h.NotificationId)
            join d in db.Deliveries on h.LastDeliveryId equals d.Id into last
            from d in last.DefaultIfEmpty()
            select new { Health = h, State = d == null ? (DeliveryState?)null : d.State }).ToListAsync(cancellationToken);
        var health = found.ToDictionary(f => f.Health.NotificationId, f => f.Health);
        var states = found.ToDictionary(f => f.Health.NotificationId, f => f.State);
        var waiting = health.Values.Any(h => h.IsOpen || h.DrainingSince is not null)
            ? await db.Deliveries.AsNoTracking().Where(d => d.Hold != null && d.NotificationId != null && (only == null || only.Contains(d.NotificationId.Value)))
                .GroupBy(d => d.NotificationId!.Value).Select(g => new { g.Key, Count = g.Count() })
                .ToDictionaryAsync(g => g.Key, g => g.Count, cancellationToken)
            : [];
        var recoveries = await db.Recoveries.AsNoTracking().Where(r => r.FinishedAt == null && (only == null || only.Contains(r.NotificationId)))
            .Select(r => new { r.NotificationId, Progress = new RecoveryProgress(r.Reopened, r.Total) }).ToListAsync(cancellationToken);
        var now = time.GetUtcNow().UtcDateTime;
        return [.. notifications.Select(n => new NotificationRow(
            n.Id, n.Kind, n.Name, n.Transport.DisplayUrl, n.Transport.IsSigned, n.Enabled, n.DisabledAt, n.DisabledReason, n.Subscription,
            n.AllPages ? [] : [.. n.Pages.Select(p => pages.GetValueOrDefault(p.StatusPageId, "?")).Order(StringComparer.CurrentCulture)],
            LastOf(health.GetValueOrDefault(n.Id), states.GetValueOrDefault(n.Id)),
            CircuitOf(health.GetValueOrDefault(n.Id), waiting.GetValueOrDefault(n.Id)))
        {
            ComponentNames =
                [.. n.Components.Select(c => componentNames.GetValueOrDefault(c.ComponentId, "?")).Order(StringComparer.CurrentCulture)],
            GroupNames = [.. n.Groups.Select(g => groupNames.GetValueOrDefault(g.GroupId, "?")).Order(StringComparer.CurrentCulture)],
            ReceivesNothing = NothingMatchesOf(
                n, [.. n.Components.Select(c => pageOf.GetValueOrDefault(c.ComponentId)), .. n.Groups.Select(g => pageOfGroup.GetValueOrDefault(g.GroupId))]),
            AlertName = n.AlertNotificationId is { } alert ? names.GetValueOrDefault(alert) : null,
            AlertedAt = health.GetValueOrDefault(n.Id)?.AlertedAt,
            IsUnverified = n.Transport.IsUnverified,
            LastSuccessAt = health.GetValueOrDefault(n.Id)?.LastSuccessAt,
            FailedDeliveries = health.GetValueOrDefault(n.Id)?.FailedDeliveries ?? 0,
            Recovery = recoveries.FirstOrDefault(r => r.NotificationId == n.Id)?.Progress,
            PreviousSecretUntil = n.Transport.At(now).PreviousSecretUntil,
        })];
    }

    /// <summary>One notification for its form; null when there is none.</summary>
    public async Task<NotificationDetail?> FindAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await Whole(db).SingleOrDefaultAsync(x => x.Id == id, cancellationToken) is { } notification ? Detail(notification) : null;
    }

    /// <summary>The newest notifications, by number; at most <paramref name="limit"/>, with a smaller number than <paramref name="before"/>.</summary>
    public async Task<IReadOnlyList<NotificationDetail>> NewestAsync(long? before, int limit, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await Whole(db).Where(n => before == null || n.Id < before).OrderByDescending(n => n.Id).Take(limit).ToListAsync(cancellationToken);
        return [.. found.Select(Detail)];
    }

    private static IQueryable<Notification> Whole(AtStatusDbContext db) =>
        db.Notifications.AsNoTracking().WithSubscription();

    private NotificationDetail Detail(Notification n)
    {
        var headers = protector.HeadersIfReadable(n.Transport.ProtectedHeaders);
        var url = protector.UrlIfReadable(n.Transport.ProtectedUrl);
        return new NotificationDetail(
            n.Id, n.Version, n.Kind, n.Name, url is null ? null : MaskedUrl.Display(url), n.Transport.IsSigned, n.Enabled, n.Subscription,
            n.Transport.Options)
        {
            CreatedAt = n.CreatedAt,
            UpdatedAt = n.UpdatedAt,
            DisabledReason = n.DisabledReason,
            UrlIsMasked = url is not null && MaskedUrl.Hides(url),
            PreviousSecretUntil = n.Transport.At(time.GetUtcNow().UtcDateTime).PreviousSecretUntil,
            HeaderNames = [.. (headers ?? []).Select(h => h.Key)],
            HeadersLost = headers is null,
        };
    }

    /// <summary>The whole URL of a notification, for whoever asks to see it; null where there is none that can be read.</summary>
    public async Task<string?> UrlAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await transports.UrlAsync(db, id, cancellationToken);
    }

    /// <summary>Every notification's number and name, by name.</summary>
    public async Task<IReadOnlyList<NotificationChoice>> NamesAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Notifications.AsNoTracking().OrderBy(n => n.Name).ThenBy(n => n.Id).Select(n => new NotificationChoice(n.Id, n.Name)).ToListAsync(cancellationToken);
    }

    /// <summary>A notification's name; null when there is no such notification.</summary>
    public async Task<string?> NameAsync(int id, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return await db.Notifications.Where(n => n.Id == id).Select(n => n.Name).SingleOrDefaultAsync(cancellationToken);
    }

    /// <summary>A component or a group, with what tells it from another of its name.</summary>
    private sealed record NamedComponent(int Id, string Name, int StatusPageId, string PageName, string PageSlug, string? GroupName);

    // What Notification.ExclusionOf asks of an event, asked of every event there can be. A severity leaves some incidents, and those events that have none.
    /// <param name="n">The notification.</param>
    /// <param name="pages">The pages that the components and groups it is limited to are on.</param>
    private static NothingMatches? NothingMatchesOf(Notification n, IReadOnlyCollection<int> pages) =>
        n is { AllPages: false, Pages.Count: 0 } ? NothingMatches.NoPage
        : !n.AllComponents && pages.Count == 0 ? NothingMatches.NoComponent
        : n is { AllPages: false, AllComponents: false } && n.Pages.TrueForAll(p => !pages.Contains(p.StatusPageId)) ? NothingMatches.NoComponentOnItsPages
        : n is { AllComponents: false, Groups.Count: 0 } && n.Events.TrueForAll(e => e.Type == EventType.ComponentCreated) ? NothingMatches.NewComponentsOnly
        : null;

    private static LastResult? LastOf(NotificationHealth? health, DeliveryState? state) => health is { LastDeliveryId: { } delivery, LastAttemptAt: { } at }
        ? new LastResult(delivery, at, health.LastFailure, health.LastStatusCode, state)
        : null;

    private static CircuitState? CircuitOf(NotificationHealth? health, int waiting) =>
        health is { IsOpen: true } or { DrainingSince: not null }
            ? new CircuitState(health.IsOpen ? health.NextProbeAt : null, health.ConsecutiveFailures, waiting)
            : null;
}
