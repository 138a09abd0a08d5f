using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>What a test is sent with: what is in the form, saved or not.</summary>
/// <param name="NotificationId">The saved notification, where there is one.</param>
/// <param name="Kind">The type.</param>
/// <param name="Name">The name in the form.</param>
/// <param name="Url">The URL in the form.</param>
/// <param name="Secret">A secret entered in the form.</param>
/// <param name="RemoveSecret">Send without the saved secret.</param>
/// <param name="Event">Which event to send.</param>
public sealed record TestSend(int? NotificationId, string Kind, string? Name, string? Url, string? Secret, bool RemoveSecret, EventType Event)
{
    /// <summary>Send to the stored URL of this notification in the place of <see cref="Url"/>; see <see cref="NotificationInput.UrlFrom"/>.</summary>
    public int? UrlFrom { get; init; }

    /// <summary>Send the Standard Webhooks headers as well.</summary>
    public bool StandardWebhooks { get; init; }

    /// <summary>How long a secret that is replaced goes on signing: a test signs with both, as deliveries will.</summary>
    public TimeSpan SecretOverlap { get; init; }

    /// <summary>Send without the secret before the last rotation.</summary>
    public bool EndOverlap { get; init; }

    /// <summary>The headers in the form.</summary>
    public IReadOnlyList<HeaderInput> Headers { get; init; } = [];

    /// <summary>Which certificates of an https receiver are trusted.</summary>
    public TlsTrust TlsTrust { get; init; }

    /// <summary>The certificates that <see cref="TlsTrust"/> needs, as PEM.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>The stored rule about certificates shall hold for another server too; see <see cref="NotificationInput.KeepTlsTrust"/>.</summary>
    public bool KeepTlsTrust { get; init; }

    /// <summary>What the type asks for beyond a URL, by name.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The same without what only receivers of the operator's own take: secret, headers, rules about certificates.</summary>
    internal TestSend ForService() => this with
    {
        Secret = null,
        RemoveSecret = true,
        StandardWebhooks = false,
        SecretOverlap = TimeSpan.Zero,
        Headers = [],
        TlsTrust = TlsTrust.System,
        TlsCertificate = null,
    };

    /// <summary>Without URL and secret, so that neither reaches a log by accident.</summary>
    public override string ToString() => $"test of {Kind} notification '{Name}' with {Event}";
}

/// <summary>What came of a test.</summary>
/// <param name="DeliveryId">Its entry in the log.</param>
/// <param name="Result">The attempt.</param>
public sealed record TestSendOutcome(long DeliveryId, SendResult Result);

/// <summary>What a test says.</summary>
/// <param name="Payload">The event.</param>
/// <param name="PageUrl">Where the public reads its status page; null where nobody said.</param>
public sealed record TestSample(byte[] Payload, string? PageUrl);

/// <summary>
/// Sends a test at once, outside Hangfire, the way a real delivery goes: the same bytes rule, signature, address guard
/// and log. It is sent once, whatever the notification's switch says, and counts in no statistics.
/// </summary>
public sealed class TestSendService(
    IDbContextFactory<AtStatusDbContext> contexts,
    IEnumerable<IDeliverySender> senders,
    TargetProtector protector,
    DeliveryStore store,
    DeliveryTransport transport,
    TimeProvider time)
{
    /// <summary>Sends a test to a saved notification as it stands.</summary>
    /// <exception cref="NotFoundException">There is no such notification.</exception>
    public async Task<TestSendOutcome> SendSavedAsync(int notificationId, EventType type, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var saved = await FindAsync(db, notificationId, cancellationToken);
        return await SendAsync(db, saved.Id, saved.Kind, saved.Name, DeliveryTarget.Of(saved, time.GetUtcNow().UtcDateTime), type, cancellationToken);
    }

    /// <summary>
    /// Sends a test with what is in the form; where the secret's field is empty, with the saved secret: to the server it is saved for only.
    /// </summary>
    /// <exception cref="InvalidInputException">The URL is none that the type accepts, or leads to another server than what is stored was for.</exception>
    /// <exception cref="NotFoundException">The saved notification is gone.</exception>
    public async Task<TestSendOutcome> SendAsync(TestSend test, CancellationToken cancellationToken = default)
    {
        var sender = senders.FirstOrDefault(s => s.Kind == test.Kind);
        if (sender is { SignsRequests: false })
            test = test.ForService();
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var entered = test.UrlFrom is { } from ? await StoredTarget.UrlAsync(db, protector, from, cancellationToken) : test.Url;
        // Without a look-up: the outcome is promised within the time limit, and the send looks the name up anyway.
        var url = sender?.ParseUrl(entered);
        var check = new InputCheck();
        check.Require(sender is not null, nameof(test.Kind), "Choose a type.");
        // A guarded address is sent to all the same: the guard refuses it there too, and the log then tells how it went.
        check.Require(
            url is null or { Uri: not null }, nameof(test.Url),
            test.UrlFrom is not null && entered is null ? StoredTarget.UrlLost : string.Join(" ", url?.Errors ?? []), nameof(test.Kind));
        check.Require(StoredTarget.ProblemOfSecret(test.Secret) is null, nameof(test.Secret), StoredTarget.ProblemOfSecret(test.Secret) ?? "");
        var settings = sender?.CheckSettings(test.Settings) ?? SettingsCheck.None;
        foreach (var (setting, problem) in settings.Errors)
            check.Require(false, NotificationSettings.FieldOf(setting), problem);
        check.Require(
            CertificateText.ProblemOf(test.TlsTrust, test.TlsCertificate) is null, nameof(test.TlsCertificate),
            CertificateText.ProblemOf(test.TlsTrust, test.TlsCertificate) ?? "", nameof(test.TlsTrust));

        var saved = test.NotificationId is { } id ? await FindAsync(db, id, cancellationToken) : null;
        var isForAnother = saved is not null && (saved.Kind != test.Kind || StoredTarget.IsForAnother(protector, saved, url?.Uri));
        if (isForAnother)
        {
            test = test with { SecretOverlap = TimeSpan.Zero };
            var tls = (test.TlsTrust, NotificationService.CertificateOf(test.TlsTrust, test.TlsCertificate), test.KeepTlsTrust);
            foreach (var (field, problem) in StoredTarget.Missing(saved!, test.Secret, test.RemoveSecret, tls))
                check.Require(false, field, problem, nameof(test.Url));
        }
        var stored = protector.HeadersIfReadable(saved?.ProtectedHeaders) ?? [];
        foreach (var (field, problem) in StoredTarget.ProblemsOf(test.Headers, NotificationService.NamesOf(stored), isForAnother))
            check.Require(false, field, problem, nameof(test.Url));
        check.ThrowIfInvalid();
        var name = new InputCheck().Line(test.Name, nameof(test.Name), "Name", Notification.NameLength, required: false);
        if (name.Length is 0 or > Notification.NameLength)
            name = "(not saved yet)";
        var (secret, previous) = SecretsOf(test, saved);
        var target = new DeliveryTarget(protector.ProtectUrl(url!.Uri!), secret)
        {
            StandardWebhooks = test.StandardWebhooks,
            PreviousProtectedSecret = previous,
            ProtectedHeaders = protector.ProtectHeaders(NotificationService.HeadersOf(test.Headers, stored)),
            TlsTrust = test.TlsTrust,
            TlsCertificate = test.TlsCertificate,
            Settings = NotificationSettings.Write(settings.Settings),
        };
        return await SendAsync(db, test.NotificationId, test.Kind, name, target, test.Event, cancellationToken);
    }

    /// <summary>What a test would say now, for a preview.</summary>
    public async Task<TestSample> SampleAsync(EventType type, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var page = await PageAsync(db, cancellationToken);
        return new TestSample(EventOf(type, page, time.GetUtcNow().UtcDateTime).Payload, page?.PublicUrl);
    }

    /// <summary>What a save of the form would leave: the secret, and the one before it while both sign.</summary>
    private (string? Secret, string? Previous) SecretsOf(TestSend test, Notification? saved)
    {
        var now = time.GetUtcNow().UtcDateTime;
        if (!string.IsNullOrEmpty(test.Secret))
            return (protector.ProtectSecret(test.Secret), test.SecretOverlap > TimeSpan.Zero ? protector.OnlyIfReadable(saved?.ProtectedSecret) : null);
        return test.RemoveSecret || saved is null
            ? (null, null)
            : (saved.ProtectedSecret, test.EndOverlap ? null : saved.PreviousSecretAt(now));
    }

    private static async Task<Notification> FindAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken) =>
        await db.Notifications.AsNoTracking().SingleOrDefaultAsync(n => n.Id == id, cancellationToken)
        ?? throw new NotFoundException("notification");

    private async Task<TestSendOutcome> SendAsync(
        AtStatusDbContext db, int? notificationId, string kind, string name, DeliveryTarget target, EventType type,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var delivery = Delivery.ForTest(
            EventOf(type, await PageAsync(db, cancellationToken), now), notificationId, name, kind, target.ProtectedUrl, target.ProtectedSecret, now);
        db.Deliveries.Add(delivery);
        await db.SaveChangesAsync(cancellationToken);

        // From here on the test is in the log, so it is carried to its end even when the person leaves the page.
        var claimed = await store.ClaimAsync(delivery.Id, jobId: null);
        if (claimed is not ClaimResult.Claimed { Claim: var claim })
            throw new InvalidOperationException("A fresh test could not be claimed.");
        try
        {
            var result = await transport.SendAsync(claim with { Target = target }, CancellationToken.None);
            await store.RecordAsync(claim, result);
            return new TestSendOutcome(delivery.Id, result);
        }
        finally
        {
            // Held on, a test whose send threw would never be taken for lost.
            store.LetGo(claim);
        }
    }

    private static Task<StatusPage?> PageAsync(AtStatusDbContext db, CancellationToken cancellationToken) =>
        db.StatusPages.AsNoTracking().OrderBy(p => p.Id).FirstOrDefaultAsync(cancellationToken);

    private static StoredEvent EventOf(EventType type, StatusPage? page, DateTime now)
    {
        var sample = SampleEvents.For(type, now, page?.ToRef(), test: true);
        return new StoredEvent
        {
            Type = type,
            OccurredAt = now,
            StatusPageId = page?.Id ?? 0,
            Title = sample.Data switch
            {
                IncidentData incident => incident.Title,
                MaintenanceData maintenance => maintenance.Title,
                ComponentData component => component.Name,
                _ => type.WireName(),
            },
            Payload = EventPayload.Write(type, now, sample.Page, sample.Data),
            IsTest = true,
        };
    }
}
