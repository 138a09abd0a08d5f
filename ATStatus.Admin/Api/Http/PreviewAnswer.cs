using System.Text.Json.Nodes;
using ATStatus.Admin.Api.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;

namespace ATStatus.Admin.Api.Http;

/// <summary>What a write would do with <c>?preview=true</c>. Nothing was written.</summary>
public sealed record PreviewAnswer(IReadOnlyList<PreviewedEvent> Events);

/// <summary>An event that a write would raise.</summary>
/// <param name="Event">Its type.</param>
/// <param name="Payload">What receivers would get. The numbers of new objects can be others later.</param>
/// <param name="Recipients">Every notification, with what it would receive and why not.</param>
public sealed record PreviewedEvent(string Event, JsonObject Payload, IReadOnlyList<PreviewedRecipient> Recipients)
{
    internal static PreviewedEvent Of(PlannedEvent planned) => new(
        planned.Type.WireName(), Payloads.Of(planned.Payload),
        [
            .. planned.Recipients.Select(r => new PreviewedRecipient(r.NotificationId, r.Name, r.SkipReason is null ? "pending" : "skipped", r.SkipReason)),
            .. planned.Excluded.Select(e => new PreviewedRecipient(e.Id, e.Name, "not_subscribed", e.Why?.DisplayText())),
        ]);
}

/// <summary>A notification and an event that would be raised.</summary>
/// <param name="Id">The notification.</param>
/// <param name="Outcome"><c>pending</c>: it would be sent; <c>skipped</c>: recorded and not sent; <c>not_subscribed</c>.</param>
/// <param name="Reason">Why it would not be sent; null when it would.</param>
public sealed record PreviewedRecipient(int Id, string Name, string Outcome, string? Reason);
