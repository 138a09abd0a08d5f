using ATStatus.Core.Deliveries;
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

    /// <summary>The groups it is limited to; null where those the file names hold.</summary>
    public IReadOnlyCollection<int>? GroupIds { get; init; }

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
[Needs(Right.WriteNotifications)]
public sealed class NotificationTransfer(
    IDbContextFactory<AtStatusDbContext> contexts, NotificationService notifications, TargetProtector protector, TimeProvider time)
{
    /// <summary>Every notification, by name, without what is secret; see <see cref="NotificationEntry"/>.</summary>
    public async Task<IReadOnlyList<NotificationEntry>> ExportAsync(CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var all = await db.Notifications.AsNoTracking().WithSubscription()
            .OrderBy(n => n.Name).ThenBy(n => n.Id).ToListAsync(cancellationToken);
        var names = await ConsoleNames.ReadAsync(db, cancellationToken);
        return [.. all.Select(n =>
        {
            var (url, isMasked) = UrlOf(n.Transport);
            var headers = protector.HeadersIfReadable(n.Transport.ProtectedHeaders) ?? [];
            return NotificationEntry.Of(n, url, isMasked, [.. headers.Select(h => h.Key)], names);
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
            var good = found[i].Good!;
            var notification = notifications.New(good);
            // Of a type that signs nothing the check has taken the secret away.
            var needsSecret = entry.Entry.Signed && !good.Transport.Input.RemoveSecret && !notification.Transport.IsSigned;
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
                    [nameof(Subscription.AlertNotificationId)] = $"{entries[alert].Entry.Name}, which it alerts, is not imported yet.",
                },
            };
            i = -1;
        }
    }

    /// <summary>The key of an entry's field among the errors.</summary>
    public static string FieldOf(int entry, string field) => FormattableString.Invariant($"Entry-{entry}-{field}");

    private sealed record Checked(Dictionary<string, string> Errors, NotificationService.Checked? Good, int? AlertInFile);

    private async Task<List<Checked>> CheckAsync(AtStatusDbContext db, IReadOnlyList<ImportEntry> entries, CancellationToken cancellationToken)
    {
        var names = await ConsoleNames.ReadAsync(db, cancellationToken);
        var found = new List<Checked>(entries.Count);
        for (var i = 0; i < entries.Count; i++)
            found.Add(await CheckAsync(db, entries, i, names, cancellationToken));
        return found;
    }

    private async Task<Checked> CheckAsync(
        AtStatusDbContext db, IReadOnlyList<ImportEntry> entries, int index, ConsoleNames names, CancellationToken cancellationToken)
    {
        var check = new Dictionary<string, string>();
        var input = NotificationEntry.InputOf(entries[index], names, check);
        var (alert, alertInFile) = AlertOf(entries, index, names, check);
        input = input with { Subscription = input.Subscription with { AlertNotificationId = alert } };
        try
        {
            var good = await notifications.CheckAsync(db, input, saved: null, cancellationToken);
            return new Checked(check, good, alertInFile);
        }
        catch (InvalidInputException invalid)
        {
            // What the names mean comes first: "choose at least one page" says less than which page there is not.
            foreach (var (field, problem) in invalid.Errors)
            {
                // That nothing is chosen follows from groups that there are not here.
                if (field != nameof(Subscription.ComponentIds) || !check.ContainsKey(nameof(Subscription.GroupIds)))
                    check.TryAdd(field, problem);
            }
            return new Checked(check, null, alertInFile);
        }
    }

    /// <summary>The notification with the alert's name: in the file, and only where there is none, in this console.</summary>
    private static (int? Id, int? InFile) AlertOf(
        IReadOnlyList<ImportEntry> entries, int index, ConsoleNames names, Dictionary<string, string> errors)
    {
        if (entries[index].Choices is { ChoosesAlert: true } choices)
            return (choices.AlertNotificationId, null);
        if (entries[index].Entry.Alert is not { } name)
            return (null, null);
        var inFile = Enumerable.Range(0, entries.Count).Where(i => i != index && entries[i].Entry.Name?.Trim() == name.Trim()).ToList();
        var here = inFile.Count == 0 ? names.NotificationsOf(name) : [];
        if (inFile.Count + here.Count == 1)
            return (here.Count == 1 ? here[0] : null, inFile.Count == 1 ? inFile[0] : null);
        errors[nameof(Subscription.AlertNotificationId)] = inFile.Count + here.Count == 0
            ? $"The notification to alert when it fails, {name}, is neither in the file nor here."
            : $"There are {inFile.Count + here.Count} notifications named {name}, which it alerts when it fails.";
        return (null, null);
    }

    private (string Url, bool IsMasked) UrlOf(Transport transport)
    {
        var url = protector.UrlIfReadable(transport.ProtectedUrl);
        return url is null ? (transport.DisplayUrl, true) : (MaskedUrl.Display(url), MaskedUrl.Hides(url));
    }
}
