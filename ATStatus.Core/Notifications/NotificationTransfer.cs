using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>An entry of a file with what a person has added to it, because no file carries it.</summary>
/// <param name="Entry">What the file says.</param>
/// <param name="Url">The URL, where the file's is masked.</param>
/// <param name="Secret">The secret; without one it is imported too, and cannot be switched on before it has one.</param>
/// <param name="HeaderValues">The values of its headers, in the order of their names.</param>
public sealed record ImportEntry(NotificationEntry Entry, string? Url, string? Secret, IReadOnlyList<string?> HeaderValues)
{
    /// <summary>What was chosen in the place of names that mean nothing, or too much, here; null where the file's names hold.</summary>
    public ImportChoices? Choices { get; init; }

    /// <summary>Without URL, secret and values, so that none reaches a log by accident.</summary>
    public override string ToString() => $"import of '{Entry.Name}'";
}

/// <summary>What a person has chosen of this console for an entry whose names do not say it.</summary>
public sealed record ImportChoices
{
    /// <summary>The pages it is limited to; null where those the file names hold.</summary>
    public IReadOnlyCollection<int>? StatusPageIds { get; init; }

    /// <summary>The components it is limited to; null where those the file names hold.</summary>
    public IReadOnlyCollection<int>? ComponentIds { get; init; }

    /// <summary>Whether <see cref="AlertNotificationId"/> holds in the place of the name in the file.</summary>
    public bool ChoosesAlert { get; init; }

    /// <summary>The notification of this console that is alerted when it fails; null for none.</summary>
    public int? AlertNotificationId { get; init; }
}

/// <summary>What an import came to.</summary>
/// <param name="Count">How many were imported, each whole.</param>
/// <param name="Errors">For each entry what kept it out, by the fields of the form; empty for those that were imported.</param>
public sealed record ImportResult(int Count, IReadOnlyList<IReadOnlyDictionary<string, string>> Errors);

/// <summary>Takes notifications out of this console into a file without secrets, and in from one.</summary>
public sealed class NotificationTransfer(
    IDbContextFactory<AtStatusDbContext> contexts, NotificationService notifications, TargetProtector protector, TimeProvider time)
{
    /// <summary>Every notification, by name, without what is secret; see <see cref="NotificationEntry"/>.</summary>
    public async Task<IReadOnlyList<NotificationEntry>> ExportAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var all = await db.Notifications.AsNoTracking()
            .Include(n => n.Events).Include(n => n.Pages).Include(n => n.Components).AsSplitQuery()
            .OrderBy(n => n.Name).ThenBy(n => n.Id).ToListAsync(cancellationToken);
        var slugs = await db.StatusPages.AsNoTracking().ToDictionaryAsync(p => p.Id, p => p.Slug, cancellationToken);
        var components = await db.Components.AsNoTracking().ToDictionaryAsync(c => c.Id, c => new { c.Name, c.StatusPageId }, cancellationToken);
        var names = all.ToDictionary(n => n.Id, n => n.Name);
        return [.. all.Select(n =>
        {
            var (url, isMasked) = UrlOf(n);
            return new NotificationEntry
            {
                Type = n.Kind,
                Name = n.Name,
                Url = url,
                UrlIsMasked = isMasked,
                Signed = n.ProtectedSecret is not null,
                Events = [.. n.Events.Select(e => e.Type).Order().Select(e => e.WireName())],
                StatusPages = n.AllPages ? null : [.. n.Pages.Select(p => slugs[p.StatusPageId]).Order(StringComparer.Ordinal)],
                Components = n.AllComponents ? null : [.. n.Components.Select(c => components[c.ComponentId])
                    .Select(c => new ComponentEntry(slugs[c.StatusPageId], c.Name)).OrderBy(c => c.StatusPage, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal)],
                MinSeverity = n.MinSeverity?.WireName(),
                Alert = n.AlertNotificationId is { } alert ? names.GetValueOrDefault(alert) : null,
                InOrder = n.InOrder,
                StandardWebhooks = n.StandardWebhooks,
                Headers = protector.HeadersIfReadable(n.ProtectedHeaders) is { Count: > 0 } headers ? [.. headers.Select(h => h.Key)] : null,
                TlsTrust = n.TlsTrust == TlsTrust.System ? null : n.TlsTrust.ToString(),
                TlsCertificate = n.TlsCertificate,
                Settings = n.Settings is null ? null : NotificationSettings.Read(n.Settings),
            };
        })];
    }

    /// <summary>What is wrong with each entry, by the fields of the form; nothing where it can be imported. Writes nothing.</summary>
    public async Task<IReadOnlyList<IReadOnlyDictionary<string, string>>> CheckAsync(
        IReadOnlyList<ImportEntry> entries, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return [.. (await CheckAsync(db, entries, cancellationToken)).Select(c => c.Errors)];
    }

    /// <summary>The names that notifications of this console have already.</summary>
    public async Task<IReadOnlySet<string>> TakenNamesAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return (await db.Notifications.Select(n => n.Name).ToListAsync(cancellationToken)).ToHashSet();
    }

    /// <summary>
    /// Makes those that are complete and right, switched off, in one transaction. The others, and those that alert one of them, are left
    /// out whole: a missing URL of one keeps no other out.
    /// </summary>
    public async Task<ImportResult> ImportAsync(IReadOnlyList<ImportEntry> entries, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var found = await CheckAsync(db, entries, cancellationToken);
        LeaveOutWhatAlertsTheLeftOut(entries, found);
        var now = time.GetUtcNow().UtcDateTime;
        // Encrypted before the transaction: a new key is a write of its own, which on SQLite would wait for it without end.
        var made = new Dictionary<int, Notification>();
        for (var i = 0; i < entries.Count; i++)
        {
            if (found[i].Errors.Count > 0)
                continue;
            var entry = entries[i];
            var (input, name, url) = found[i].Good!.Value;
            var notification = notifications.New(input, name, url);
            // Of a type that signs nothing the check has taken the secret away.
            var needsSecret = entry.Entry.Signed && !input.RemoveSecret && notification.ProtectedSecret is null;
            notification.SwitchOff(now, needsSecret ? NotificationService.SecretMissing : NotificationService.Imported);
            db.Notifications.Add(notification);
            made.Add(i, notification);
        }
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.SaveChangesAsync(cancellationToken);
        foreach (var (i, notification) in made)
        {
            db.NotificationHealth.Add(NotificationHealth.Fresh(notification.Id, notification.CreatedAt));
            if (found[i].AlertInFile is { } alert)
                notification.AlertNotificationId = made[alert].Id;
        }
        await db.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return new ImportResult(made.Count, [.. found.Select(c => c.Errors)]);
    }

    private static void LeaveOutWhatAlertsTheLeftOut(IReadOnlyList<ImportEntry> entries, List<Checked> found)
    {
        // Each round leaves out at least one more; the last finds none.
        for (var i = 0; i < found.Count; i++)
        {
            if (found[i] is not { Errors.Count: 0, AlertInFile: { } alert } || found[alert].Errors.Count == 0)
                continue;
            found[i] = found[i] with
            {
                Errors = new Dictionary<string, string>
                {
                    [nameof(NotificationInput.AlertNotificationId)] = $"{entries[alert].Entry.Name}, which it alerts, is not imported yet.",
                },
            };
            i = -1;
        }
    }

    /// <summary>The key of an entry's field among the errors.</summary>
    public static string FieldOf(int entry, string field) => FormattableString.Invariant($"Entry-{entry}-{field}");

    private sealed record Checked(Dictionary<string, string> Errors, (NotificationInput Input, string Name, Uri Url)? Good, int? AlertInFile);

    private sealed record Known(
        IReadOnlyDictionary<string, int> Pages, ILookup<(string Slug, string Name), int> Components, ILookup<string, int> Notifications);

    private async Task<List<Checked>> CheckAsync(AtStatusDbContext db, IReadOnlyList<ImportEntry> entries, CancellationToken cancellationToken)
    {
        var pages = await db.StatusPages.AsNoTracking().Select(p => new { p.Id, p.Slug }).ToListAsync(cancellationToken);
        var slugs = pages.ToDictionary(p => p.Id, p => p.Slug);
        var components = await db.Components.AsNoTracking().Select(c => new { c.Id, c.Name, c.StatusPageId }).ToListAsync(cancellationToken);
        var names = await db.Notifications.AsNoTracking().Select(n => new { n.Id, n.Name }).ToListAsync(cancellationToken);
        var known = new Known(
            pages.ToDictionary(p => p.Slug, p => p.Id), components.ToLookup(c => (slugs[c.StatusPageId], c.Name), c => c.Id), names.ToLookup(n => n.Name, n => n.Id));
        var found = new List<Checked>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
            found.Add(await CheckAsync(db, entries, i, known, cancellationToken));
        return found;
    }

    private async Task<Checked> CheckAsync(AtStatusDbContext db, IReadOnlyList<ImportEntry> entries, int index, Known known, CancellationToken cancellationToken)
    {
        var check = new Dictionary<string, string>();
        var (input, alertInFile) = InputOf(entries, index, known, check);
        try
        {
            var good = await notifications.CheckAsync(db, input, input.Kind, saved: null, cancellationToken);
            return new Checked(check, good, alertInFile);
        }
        catch (InvalidInputException invalid)
        {
            // What the names mean comes first: "choose at least one page" says less than which page there is not.
            foreach (var (field, problem) in invalid.Errors)
                check.TryAdd(field, problem);
            return new Checked(check, null, alertInFile);
        }
    }

    private static (NotificationInput Input, int? AlertInFile) InputOf(IReadOnlyList<ImportEntry> entries, int index, Known known, Dictionary<string, string> errors)
    {
        var (entry, url, secret, values) = entries[index];
        var choices = entries[index].Choices;
        var events = Each(entry.Events ?? [], nameof(NotificationInput.Events), name => EventTypes.TryParse(name, out var type) && !type.IsAlert() ? type : (EventType?)null, "There is no event {0}.");
        IReadOnlyCollection<int> pages = choices?.StatusPageIds ?? Each(entry.StatusPages ?? [], nameof(NotificationInput.StatusPageIds), slug => known.Pages.TryGetValue(slug ?? "", out var id) ? id : (int?)null, "There is no status page with the slug {0} here.");
        List<int> components = [.. choices?.ComponentIds ?? []];
        foreach (var (slug, name) in (choices?.ComponentIds is null ? entry.Components ?? [] : []).Select(c => (c?.StatusPage ?? "", c?.Name ?? "")))
        {
            var ids = known.Components[(slug, name)].ToList();
            components.AddRange(ids);
            if (ids.Count != 1)
                errors.TryAdd(nameof(NotificationInput.ComponentIds), ids.Count == 0 ? $"There is no component {name} on a status page with the slug {slug} here." : $"There are {ids.Count} components named {name} on the page {slug}.");
        }
        IncidentSeverity? least = null;
        if (entry.MinSeverity is not null)
        {
            if (IncidentSeverities.TryParse(entry.MinSeverity, out var severity))
                least = severity == IncidentSeverity.None ? null : severity;
            else
                errors[nameof(NotificationInput.MinSeverity)] = $"There is no severity {entry.MinSeverity}.";
        }
        if (!Enum.TryParse<TlsTrust>(entry.TlsTrust ?? nameof(TlsTrust.System), out var trust) || !Enum.IsDefined(trust))
            errors[nameof(NotificationInput.TlsTrust)] = $"There is no rule for certificates named {entry.TlsTrust}.";
        var (alert, alertInFile) = AlertOf(entries, index, known, errors);
        var headers = (entry.Headers ?? []).Select((name, i) => new HeaderInput(name, values.ElementAtOrDefault(i))).ToList();
        return (new NotificationInput(
            entry.Type ?? "", entry.Name, entry.NeedsUrl ? url : entry.Url, secret, false, events, entry.StatusPages is null, pages)
        {
            AllComponents = entry.Components is null,
            ComponentIds = components,
            MinSeverity = least,
            AlertNotificationId = alert,
            InOrder = entry.InOrder,
            StandardWebhooks = entry.StandardWebhooks,
            Headers = headers,
            TlsTrust = trust,
            TlsCertificate = entry.TlsCertificate,
            // A file can hold null where the type says that none is.
            Settings = (entry.Settings ?? System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty)
                .Where(setting => !string.IsNullOrEmpty(setting.Value)).ToDictionary(),
        }, alertInFile);

        List<T> Each<T>(IEnumerable<string?> texts, string field, Func<string?, T?> find, string problem)
            where T : struct
        {
            var found = new List<T>();
            foreach (var text in texts)
            {
                if (find(text) is { } value)
                    found.Add(value);
                else
                    errors.TryAdd(field, string.Format(System.Globalization.CultureInfo.InvariantCulture, problem, text));
            }
            return found;
        }
    }

    /// <summary>The notification with the alert's name: in the file, and only where there is none, in this console.</summary>
    private static (int? Id, int? InFile) AlertOf(IReadOnlyList<ImportEntry> entries, int index, Known known, Dictionary<string, string> errors)
    {
        if (entries[index].Choices is { ChoosesAlert: true } choices)
            return (choices.AlertNotificationId, null);
        if (entries[index].Entry.Alert is not { } name)
            return (null, null);
        var inFile = Enumerable.Range(0, entries.Count).Where(i => i != index && entries[i].Entry.Name?.Trim() == name.Trim()).ToList();
        var here = inFile.Count == 0 ? known.Notifications[name].ToList() : [];
        if (inFile.Count + here.Count == 1)
            return (here.Count == 1 ? here[0] : null, inFile.Count == 1 ? inFile[0] : null);
        errors[nameof(NotificationInput.AlertNotificationId)] = inFile.Count + here.Count == 0
            ? $"The notification to alert when it fails, {name}, is neither in the file nor here."
            : $"There are {inFile.Count + here.Count} notifications named {name}, which it alerts when it fails.";
        return (null, null);
    }

    private (string Url, bool IsMasked) UrlOf(Notification notification)
    {
        var url = protector.UrlIfReadable(notification.ProtectedUrl);
        return url is null ? (notification.DisplayUrl, true) : (MaskedUrl.Display(url), MaskedUrl.Hides(url));
    }
}
