using System.Globalization;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.Signing;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>Writes notifications. The secret goes in and is never given out again.</summary>
public sealed class NotificationService(
    IDbContextFactory<AtStatusDbContext> contexts,
    IEnumerable<IDeliverySender> senders,
    TargetProtector protector,
    IDispatchSignals signals,
    NotificationRemoval removal,
    ChangeFeed changes,
    WebhookOptions options,
    TimeProvider time)
{
    /// <summary>The reason of a notification that a person switched off.</summary>
    public const string ByHand = "By hand.";

    /// <summary>The reason of a notification that was imported and not yet switched on.</summary>
    public const string Imported = "Imported, and not switched on yet.";

    /// <summary>The reason of a notification that was imported without the secret its original signs with: it cannot be switched on before it has one.</summary>
    public const string SecretMissing = "Imported without its secret. Enter one in its form, then switch it on.";

    private readonly Dictionary<string, IDeliverySender> _senders = senders.ToDictionary(s => s.Kind, StringComparer.Ordinal);

    /// <summary>Makes a notification, switched on, and returns its number.</summary>
    /// <exception cref="InvalidInputException">See <see cref="NotificationInput"/>.</exception>
    public async Task<int> CreateAsync(NotificationInput input, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        (input, var name, var url) = await CheckAsync(db, input, input.Kind, saved: null, cancellationToken);
        var notification = New(input, name, url);
        db.Notifications.Add(notification);
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        db.NotificationHealth.Add(NotificationHealth.Fresh(notification.Id, notification.CreatedAt));
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        changes.Signal();
        return notification.Id;
    }

    /// <summary>A notification of what was checked, switched on, not yet saved.</summary>
    internal Notification New(NotificationInput input, string name, Uri url)
    {
        var notification = new Notification
        {
            Kind = input.Kind,
            Name = name,
            ProtectedUrl = protector.ProtectUrl(url),
            DisplayUrl = MaskedUrl.Display(url),
            ProtectedSecret = protector.ProtectSecret(NullIfEmpty(input.Secret)),
            Enabled = true,
            StandardWebhooks = input.StandardWebhooks,
            ProtectedHeaders = protector.ProtectHeaders(HeadersOf(input.Headers, [])),
            TlsTrust = input.TlsTrust,
            TlsCertificate = CertificateOf(input),
            Settings = NotificationSettings.Write(input.Settings),
            InOrder = input.InOrder,
            AllPages = input.AllPages,
            AllComponents = input.AllComponents,
            MinSeverity = input.MinSeverity,
            AlertNotificationId = input.AlertNotificationId,
            CreatedAt = time.GetUtcNow().UtcDateTime,
        };
        Subscribe(notification, input);
        return notification;
    }

    /// <summary>Changes a notification. What is still pending is sent to the new URL with the new secret.</summary>
    /// <param name="id">The notification.</param>
    /// <param name="version">The version the person saw.</param>
    /// <param name="input">What it shall be; its type stays.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="InvalidInputException">See <see cref="NotificationInput"/>.</exception>
    /// <exception cref="NotFoundException">There is no such notification.</exception>
    /// <exception cref="EditConflictException">Somebody else changed it since <paramref name="version"/>.</exception>
    public async Task UpdateAsync(int id, int version, NotificationInput input, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var notification = await db.Notifications.Include(n => n.Events).Include(n => n.Pages).Include(n => n.Components).AsSplitQuery()
            .SingleOrDefaultAsync(n => n.Id == id, cancellationToken) ?? throw new NotFoundException("notification");
        if (notification.Version != version)
            throw new EditConflictException("notification");
        (input, var name, var url) = await CheckAsync(db, input, notification.Kind, notification, cancellationToken);

        if (protector.UrlIfReadable(notification.ProtectedUrl) != url || notification.Settings != NotificationSettings.Write(input.Settings) || notification.TlsTrust != input.TlsTrust || notification.TlsCertificate != CertificateOf(input))
            await ResetHealthAsync(db, id, cancellationToken);
        else if (notification.AlertNotificationId != input.AlertNotificationId)
            await ForgetAlertAsync(db, id, cancellationToken);
        notification.Name = name;
        notification.ProtectedUrl = protector.ProtectUrl(url);
        notification.DisplayUrl = MaskedUrl.Display(url);
        if (NullIfEmpty(input.Secret) is { } secret)
            notification.Rotate(protector.ProtectSecret(secret), OverlapOf(notification, input), time.GetUtcNow().UtcDateTime);
        else if (input.RemoveSecret)
            notification.Rotate(null, TimeSpan.Zero, time.GetUtcNow().UtcDateTime);
        else if (input.EndOverlap)
            notification.EndOverlap();
        if (notification is { Enabled: false, DisabledReason: SecretMissing, ProtectedSecret: not null })
            notification.DisabledReason = Imported;
        notification.ProtectedHeaders = protector.ProtectHeaders(HeadersOf(input.Headers, StoredHeaders(notification)));
        notification.TlsTrust = input.TlsTrust;
        notification.TlsCertificate = CertificateOf(input);
        notification.Settings = NotificationSettings.Write(input.Settings);
        notification.StandardWebhooks = input.StandardWebhooks;
        notification.InOrder = input.InOrder;
        notification.AllPages = input.AllPages;
        notification.AllComponents = input.AllComponents;
        notification.MinSeverity = input.MinSeverity;
        notification.AlertNotificationId = input.AlertNotificationId;
        Subscribe(notification, input);
        await SaveAsync(db, cancellationToken);
        signals.NotificationChanged(id);
        changes.Signal();
    }

    /// <summary>Switches a notification on or off. While it is off, matching events are kept as skipped deliveries.</summary>
    /// <exception cref="NotFoundException">There is no such notification.</exception>
    /// <exception cref="IllegalTransitionException">It was imported without its secret and has none yet.</exception>
    /// <exception cref="EditConflictException">Somebody else wrote it at the same moment.</exception>
    public async Task SetEnabledAsync(int id, bool enabled, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var notification = await db.Notifications.FindAsync([id], cancellationToken) ?? throw new NotFoundException("notification");
        if (notification.Enabled == enabled)
            return;
        if (enabled)
        {
            if (notification is { DisabledReason: SecretMissing, ProtectedSecret: null })
                throw new IllegalTransitionException($"{notification.Name} was imported without its secret. Enter one in its form first.");
            notification.SwitchOn();
            await ResetHealthAsync(db, id, cancellationToken);
        }
        else
        {
            notification.SwitchOff(time.GetUtcNow().UtcDateTime, ByHand);
        }
        await SaveAsync(db, cancellationToken);
        signals.NotificationChanged(id);
        changes.Signal();
    }

    /// <summary>
    /// Switches several on or off, each for itself: what is so already, or is gone meanwhile, is passed over. Returns how many were
    /// switched, and what kept others from it.
    /// </summary>
    public async Task<(int Switched, IReadOnlyList<string> Problems)> SetEnabledAsync(
        IReadOnlyCollection<int> ids, bool enabled, CancellationToken cancellationToken = default)
    {
        var problems = new List<string>();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var others = await db.Notifications.Where(n => ids.Contains(n.Id) && n.Enabled != enabled).OrderBy(n => n.Name).ThenBy(n => n.Id)
            .Select(n => n.Id).ToListAsync(cancellationToken);
        foreach (var id in others)
        {
            try
            {
                await SetEnabledAsync(id, enabled, cancellationToken);
            }
            catch (ProblemException problem)
            {
                problems.Add(problem.Message);
            }
        }
        return (others.Count - problems.Count, problems);
    }

    /// <summary>Lets an open circuit probe now instead of at its time; nothing where it is closed.</summary>
    public async Task ProbeNowAsync(int id, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        await db.NotificationHealth.Where(h => h.NotificationId == id && h.OpenedAt != null && h.NextProbeAt > now)
            .ExecuteUpdateAsync(row => row.SetProperty(h => h.NextProbeAt, now), cancellationToken);
        signals.NotificationChanged(id);
    }

    /// <summary>A changed target deserves a new beginning.</summary>
    private async Task ResetHealthAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken)
    {
        if (await db.NotificationHealth.FindAsync([id], cancellationToken) is { } health)
        {
            health.Reset(time.GetUtcNow().UtcDateTime);
            // A late result may set it between this reading and the save.
            db.Entry(health).Property(h => h.AlertedAt).IsModified = true;
        }
    }

    /// <summary>Another one is chosen to be alerted: it has received nothing yet.</summary>
    private static async Task ForgetAlertAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken)
    {
        if (await db.NotificationHealth.FindAsync([id], cancellationToken) is { } health)
            health.AlertedAt = null;
    }

    /// <summary>
    /// Deletes a notification. What it has in the log stays; deliveries that still wait become skipped. One that is being
    /// sent is finished, and skipped instead of a further attempt. From here on nobody sees it and nothing is sent to it; a long history is
    /// detached from it in the background (<see cref="NotificationRemoval"/>).
    /// </summary>
    /// <exception cref="NotFoundException">There is no such notification.</exception>
    /// <exception cref="EditConflictException">Somebody else wrote it at the same moment.</exception>
    public async Task DeleteAsync(int id, CancellationToken cancellationToken = default)
    {
        var now = time.GetUtcNow().UtcDateTime;
        await using (var db = await contexts.CreateDbContextAsync(cancellationToken))
        {
            var notification = await db.Notifications.FindAsync([id], cancellationToken) ?? throw new NotFoundException("notification");
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            // Its circuit counts as open for nobody, and nothing is resent to it. Before the notification, as the engine writes them.
            await db.NotificationHealth.Where(h => h.NotificationId == id && h.OpenedAt != null).ExecuteUpdateAsync(
                row => row.SetProperty(h => h.OpenedAt, (DateTime?)null).SetProperty(h => h.NextProbeAt, (DateTime?)null),
                cancellationToken);
            await db.Recoveries.Where(r => r.NotificationId == id && r.FinishedAt == null).ExecuteUpdateAsync(
                row => row.SetProperty(r => r.FinishedAt, now).SetProperty(r => r.IsCancelled, true), cancellationToken);
            notification.Delete(now);
            await SaveAsync(db, cancellationToken);
            await NotificationRemoval.ForgetAlertsAsync(db, id, removal.BatchSize, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        signals.NotificationChanged(id);
        changes.Signal();
        await removal.BeginAsync(id);
    }

    /// <summary>What is to be said about a URL of this type: errors that forbid saving, and warnings that do not.</summary>
    public Task<EndpointCheck> CheckUrlAsync(string kind, string? url, CancellationToken cancellationToken = default) =>
        Sender(kind).CheckUrlAsync(url, cancellationToken);

    /// <summary>The key of an added header's field among a form's errors.</summary>
    /// <param name="index">Which header, from 0.</param>
    /// <param name="part"><c>Name</c> or <c>Value</c>.</param>
    public static string HeaderField(int index, string part) => string.Create(CultureInfo.InvariantCulture, $"{nameof(NotificationInput.Headers)}-{index}-{part}");

    // A secret whose keys are gone signs nothing: kept for a while, it would let every delivery of that while fail.
    private TimeSpan OverlapOf(Notification notification, NotificationInput input) =>
        protector.OnlyIfReadable(notification.ProtectedSecret) is null ? TimeSpan.Zero : input.SecretOverlap;

    // Where the keys are gone there is nothing to keep, and each value must be entered again.
    private IReadOnlyList<KeyValuePair<string, string>> StoredHeaders(Notification notification) => protector.HeadersIfReadable(notification.ProtectedHeaders) ?? [];

    /// <summary>The headers as they shall be stored; a value left empty is the one stored under its name.</summary>
    internal static List<KeyValuePair<string, string>> HeadersOf(
        IReadOnlyList<HeaderInput> headers, IReadOnlyList<KeyValuePair<string, string>> stored) =>
        [.. headers.Select(header => KeyValuePair.Create(
            header.Name!.Trim(),
            NullIfEmpty(header.Value) ?? stored.First(s => s.Key.Equals(header.Name!.Trim(), StringComparison.OrdinalIgnoreCase)).Value))];

    private static string? CertificateOf(NotificationInput input) => CertificateOf(input.TlsTrust, input.TlsCertificate);

    /// <summary>The certificate as it is stored with a rule.</summary>
    internal static string? CertificateOf(TlsTrust trust, string? certificate) => trust is TlsTrust.Authority or TlsTrust.Pinned ? certificate?.Trim() : null;

    /// <summary>Throws where anything is wrong; answers the input as it shall be stored.</summary>
    internal async Task<(NotificationInput Input, string Name, Uri Url)> CheckAsync(
        AtStatusDbContext db, NotificationInput input, string kind, Notification? saved, CancellationToken cancellationToken)
    {
        var sender = Sender(kind);
        if (!sender.SignsRequests)
            input = input.ForService();
        var check = new InputCheck();
        var name = check.Line(input.Name, nameof(input.Name), "Name", Notification.NameLength);
        var entered = input.UrlFrom is { } from ? await StoredTarget.UrlAsync(db, protector, from, cancellationToken) : input.Url;
        var url = await sender.CheckUrlAsync(entered, cancellationToken);
        check.Require(url.IsAcceptable, nameof(input.Url), input.UrlFrom is not null && entered is null ? StoredTarget.UrlLost : string.Join(" ", url.Errors), nameof(input.Kind));
        var isForAnother = StoredTarget.IsForAnother(protector, saved, url.Uri);
        if (isForAnother)
        {
            // The replaced secret would sign what the other server gets.
            input = input with { SecretOverlap = TimeSpan.Zero };
            foreach (var (field, problem) in StoredTarget.Missing(saved!, input.Secret, input.RemoveSecret, (input.TlsTrust, CertificateOf(input), input.KeepTlsTrust)))
                check.Require(false, field, problem, nameof(input.Url));
        }
        var settings = sender.CheckSettings(input.Settings);
        foreach (var (setting, problem) in settings.Errors)
            check.Require(false, NotificationSettings.FieldOf(setting), problem);
        check.Require(WebhookSecret.ProblemOf(input.Secret) is null, nameof(input.Secret), WebhookSecret.ProblemOf(input.Secret) ?? "");
        check.Require(
            !input.SecretRequired || !string.IsNullOrEmpty(input.Secret), nameof(input.Secret),
            "Enter or generate a secret: that of the original is not copied.", nameof(input.Kind));
        check.Require(
            input.SecretOverlap >= TimeSpan.Zero && input.SecretOverlap <= Notification.LongestOverlap, nameof(input.SecretOverlap),
            $"The old secret can go on signing for at most {Notification.LongestOverlap.Days} days.");
        foreach (var (field, problem) in StoredTarget.ProblemsOf(input.Headers, NamesOf(saved is null ? [] : StoredHeaders(saved)), isForAnother))
            check.Require(false, field, problem, nameof(input.Url));
        check.Require(
            input.TlsTrust != TlsTrust.Unverified || options.AllowInsecureTls, nameof(input.TlsTrust),
            "Not verifying the receiver is forbidden. The operator of the console can permit it with Webhooks:AllowInsecureTls.");
        check.Require(
            CertificateText.ProblemOf(input.TlsTrust, input.TlsCertificate) is null, nameof(input.TlsCertificate),
            CertificateText.ProblemOf(input.TlsTrust, input.TlsCertificate) ?? "", nameof(input.TlsTrust));
        check.Require(input.Events.Count > 0, nameof(input.Events), "Choose at least one event.");
        check.Require(input.AllPages || input.StatusPageIds.Count > 0, nameof(input.StatusPageIds), "Choose at least one status page, or all.", nameof(input.AllPages));
        if (!input.AllPages)
        {
            var pages = input.StatusPageIds.ToArray();
            check.Require(
                await db.StatusPages.CountAsync(p => pages.Contains(p.Id), cancellationToken) == pages.Distinct().Count(),
                nameof(input.StatusPageIds), "A chosen status page does not exist any more. Choose again.");
        }
        await CheckComponentsAsync(check, db, input, cancellationToken);
        check.Require(
            input.AlertNotificationId is not { } alert || (alert != saved?.Id && await db.Notifications.AnyAsync(n => n.Id == alert, cancellationToken)),
            nameof(input.AlertNotificationId),
            input.AlertNotificationId == saved?.Id ? "It cannot tell itself that it fails. Choose another." : "This notification does not exist any more. Choose again.");
        check.ThrowIfInvalid();
        return (input with { Settings = settings.Settings }, name, url.Uri!);
    }

    private static async Task CheckComponentsAsync(InputCheck check, AtStatusDbContext db, NotificationInput input, CancellationToken cancellationToken)
    {
        const string field = nameof(input.ComponentIds);
        check.Require(input.AllComponents || input.ComponentIds.Count > 0, field, "Choose at least one component, or all.", nameof(input.AllComponents));
        if (input.AllComponents || input.ComponentIds.Count == 0)
            return;
        var ids = input.ComponentIds.Distinct().ToArray();
        var found = await db.Components.Where(c => ids.Contains(c.Id)).Select(c => new { c.Name, c.StatusPageId }).ToListAsync(cancellationToken);
        check.Require(found.Count == ids.Length, field, "A chosen component does not exist any more. Choose again.");
        var stray = found.FirstOrDefault(c => !input.AllPages && !input.StatusPageIds.Contains(c.StatusPageId));
        check.Require(stray is null, field, $"{stray?.Name} is on a status page that is not chosen, so none of its events would be sent.",
            nameof(input.StatusPageIds), nameof(input.AllPages), nameof(input.AllComponents));
    }

    internal static HashSet<string> NamesOf(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Select(h => h.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);

    private IDeliverySender Sender(string kind) => _senders.TryGetValue(kind, out var sender)
        ? sender
        : throw new InvalidInputException(new Dictionary<string, string> { [nameof(NotificationInput.Kind)] = "Choose a type." });

    private static void Subscribe(Notification notification, NotificationInput input)
    {
        var events = input.Events.ToHashSet();
        notification.Events.RemoveAll(e => !events.Contains(e.Type));
        events.ExceptWith(notification.Events.Select(e => e.Type));
        notification.Events.AddRange(events.Select(type => new NotificationEvent { Type = type }));

        var pages = input.AllPages ? [] : input.StatusPageIds.ToHashSet();
        notification.Pages.RemoveAll(p => !pages.Contains(p.StatusPageId));
        pages.ExceptWith(notification.Pages.Select(p => p.StatusPageId));
        notification.Pages.AddRange(pages.Select(page => new NotificationPage { StatusPageId = page }));

        var components = input.AllComponents ? [] : input.ComponentIds.ToHashSet();
        notification.Components.RemoveAll(c => !components.Contains(c.ComponentId));
        components.ExceptWith(notification.Components.Select(c => c.ComponentId));
        notification.Components.AddRange(components.Select(component => new NotificationComponent { ComponentId = component }));
    }

    private static string? NullIfEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static async Task SaveAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        try
        {
            await db.SaveChangesAsync(cancellationToken);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new EditConflictException("notification");
        }
    }
}
