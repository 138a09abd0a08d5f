using System.Globalization;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>What a test is sent with: what is in the form, saved or not.</summary>
public sealed record TestSend(int? NotificationId, string Kind, string? Name, TransportInput Transport, EventType Event)
{
    /// <summary>Without URL and secret, so that neither reaches a log by accident.</summary>
    public override string ToString() => $"test of {Kind} notification '{Name}' with {Event}";
}

/// <summary>What came of a test.</summary>
/// <param name="DeliveryId">Its entry in the log.</param>
public sealed record TestSendOutcome(long DeliveryId, SendResult Result);

/// <summary>What a test says.</summary>
/// <param name="PageUrl">Where the public reads its status page; null where nobody said.</param>
/// <param name="Body">The body that a webhook would have; null where that is the payload.</param>
public sealed record TestSample(byte[] Payload, string? PageUrl, RenderedBody? Body = null);

/// <summary>
/// Sends a test at once, outside Hangfire, the way a real delivery goes: the same bytes rule, signature, address guard
/// and log. It is sent once, whatever the notification's switch says, and counts in no statistics.
/// </summary>
[Needs(Right.WriteNotifications)]
public sealed class TestSendService(
    IDbContextFactory<AtStatusDbContext> contexts,
    TransportEditor transports,
    DeliveryStore store,
    DeliveryTransport transport,
    BodyRendering bodies,
    TimeProvider time)
{
    /// <summary>Sends a test to a saved notification as it stands.</summary>
    /// <exception cref="NotFoundException">There is no such notification.</exception>
    /// <exception cref="PreviewedException">It is a preview; see <see cref="ChangeScope"/>.</exception>
    public async Task<TestSendOutcome> SendSavedAsync(int notificationId, EventType type, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var saved = await FindAsync(db, notificationId, cancellationToken);
        return await SendAsync(db, saved.Id, saved.Kind, saved.Name, saved.Transport, type, cancellationToken);
    }

    /// <summary>
    /// Sends a test with what is in the form; where the secret's field is empty, with the saved secret: to the server it is saved for only.
    /// </summary>
    /// <exception cref="InvalidInputException">The URL is none that the type accepts, or leads to another server than what is stored was for.</exception>
    /// <exception cref="NotFoundException">The saved notification is gone.</exception>
    public async Task<TestSendOutcome> SendAsync(TestSend test, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var saved = test.NotificationId is { } id ? await FindAsync(db, id, cancellationToken) : null;
        var check = new InputCheck();
        var entered = await transports.CheckAsync(check, db, test.Kind, test.Transport, saved, isTest: true, cancellationToken);
        check.ThrowIfInvalid();
        var name = new InputCheck().Line(test.Name, nameof(test.Name), "Name", Notification.NameLength, required: false);
        if (name.Length is 0 or > Notification.NameLength)
            name = "(not saved yet)";
        return await SendAsync(db, test.NotificationId, test.Kind, name, transports.Make(entered, saved), test.Event, cancellationToken);
    }

    /// <summary>What a test would say now, for a preview.</summary>
    /// <param name="options">What is in the form.</param>
    public async Task<TestSample> SampleAsync(EventType type, SendOptions options, CancellationToken cancellationToken = default)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        var page = await PageAsync(db, cancellationToken);
        var sample = EventOf(type, page, time.GetUtcNow().UtcDateTime);
        var body = options.Body == BodyKind.Documented ? null
            : options is { Body: BodyKind.Template, TemplateBody.Length: > TemplateBody.MaxLength or 0 } or { Body: BodyKind.Template, TemplateBody: null }
                ? new RenderedBody(options.Body, null, TemplateBody.ProblemOf(options.TemplateBody, maxLength: 0))
            : await bodies.RenderAsync(options, sample, Guid.CreateVersion7(), cancellationToken);
        return new TestSample(sample.Payload, page?.PublicUrl, body);
    }

    private static async Task<Notification> FindAsync(AtStatusDbContext db, int id, CancellationToken cancellationToken) =>
        await db.Notifications.AsNoTracking().SingleOrDefaultAsync(n => n.Id == id, cancellationToken)
        ?? throw new NotFoundException("notification");

    private async Task<TestSendOutcome> SendAsync(
        AtStatusDbContext db, int? notificationId, string kind, string name, Transport target, EventType type,
        CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow().UtcDateTime;
        var sample = EventOf(type, await PageAsync(db, cancellationToken), now);
        // It is sent whatever the switch says, and to nobody else.
        if (ChangeScope.Current is { IsPreview: true })
        {
            var recipient = new PlannedRecipient(notificationId ?? 0, name, SkipReason: null);
            throw new PreviewedException([new PlannedEvent(type, sample.Title, sample.Payload, [recipient])]);
        }
        var delivery = Delivery.ForTest(sample, notificationId, name, kind, target.ProtectedUrl, target.ProtectedSecret, now);
        var body = target.Options.Body == BodyKind.Documented ? null : await bodies.RenderAsync(target.Options, sample, delivery.RequestId, cancellationToken);
        delivery.Body = body?.Kind;
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            db.Deliveries.Add(delivery);
            await db.SaveChangesAsync(cancellationToken);
            if (body is { Content: { } content })
            {
                db.DeliveryBodies.Add(new DeliveryBody { DeliveryId = delivery.Id, Content = content });
                await db.SaveChangesAsync(cancellationToken);
            }
            db.Audit.Record(new AuditChange(
                AuditAction.TestSent, AuditObject.Notification, notificationId?.ToString(CultureInfo.InvariantCulture), name)
            {
                After = new Dictionary<string, object?> { ["type"] = kind, ["url"] = target.DisplayUrl, ["event"] = type.WireName(), ["delivery"] = delivery.Id },
                EventIds = [delivery.EventId],
            });
            await transaction.CommitAsync(cancellationToken);
        }
        ChangeScope.Current?.Committed([delivery.EventId]);

        // From here on the test is in the log, so it is carried to its end even when the person leaves the page.
        var claimed = await store.ClaimAsync(delivery.Id, jobId: null);
        if (claimed is not ClaimResult.Claimed { Claim: var claim })
            throw new InvalidOperationException("A fresh test could not be claimed.");
        try
        {
            var result = await transport.SendAsync(claim with { Target = target.At(now), BodyProblem = body?.Problem }, CancellationToken.None);
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
