using System.Text.Json;
using System.Text.Json.Nodes;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Recovery;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Api.Deliveries;

/// <summary>An entry of the delivery log.</summary>
/// <param name="Id">Its number; the log's key.</param>
/// <param name="Event">What happened.</param>
/// <param name="Title">To what.</param>
/// <param name="NotificationId">Where it goes; null once that is deleted.</param>
/// <param name="NotificationName">Its name when it happened.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it was skipped or has failed, in words.</param>
/// <param name="Hold">Why it waits although it is due, in words.</param>
/// <param name="IsTest">Made by a test.</param>
/// <param name="AttemptCount">How many attempts there were.</param>
/// <param name="LastStatusCode">What the last attempt was answered.</param>
/// <param name="LastFailure">Why the last attempt failed.</param>
/// <param name="DueAt">When the next attempt may begin.</param>
/// <param name="CreatedAt">When it was recorded.</param>
public sealed record DeliveryAnswer(
    long Id, [property: Words(typeof(EventType))] string Event, string Title, int? NotificationId, string NotificationName,
    [property: Words(typeof(DeliveryState))] string State, string? Reason, string? Hold, bool IsTest, int AttemptCount, int? LastStatusCode,
    [property: Words(typeof(FailureKind))] string? LastFailure, [property: Instant] string? DueAt, [property: Instant] string CreatedAt)
{
    internal static DeliveryAnswer Of(DeliveryRow d) => new(
        d.Id, d.Event.WireName(), d.Title, d.NotificationId, d.NotificationName, d.State.WireName(), d.Reason, d.Hold?.DisplayText(), d.IsTest, d.AttemptCount,
        d.LastStatusCode, d.LastFailure?.WireName(), Times.Text(d.DueAt), Times.Text(d.CreatedAt));
}

/// <summary>One delivery with all it went through.</summary>
/// <param name="Id">Its number; the log's key.</param>
/// <param name="EventId">The event.</param>
/// <param name="Event">What happened.</param>
/// <param name="Title">To what.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="NotificationId">Where it goes; null once that is deleted.</param>
/// <param name="NotificationName">Its name when it happened.</param>
/// <param name="Type">The notification's type.</param>
/// <param name="Url">Where it is sent, without what could be a credential.</param>
/// <param name="RequestId">The X-Request-ID of each of its requests.</param>
/// <param name="State">Where it stands.</param>
/// <param name="Reason">Why it was skipped or has failed, in words.</param>
/// <param name="Hold">Why it waits although it is due, in words.</param>
/// <param name="IsTest">Made by a test.</param>
/// <param name="DueAt">When the next attempt may begin.</param>
/// <param name="CreatedAt">When it was recorded.</param>
/// <param name="SettledAt">When it was settled.</param>
/// <param name="Payload">The event as it was recorded; null without <c>read:payloads</c>.</param>
/// <param name="RequestBody">
/// The bytes that are signed and sent, as text, where the notification's body is not the documented one; null where it is, before the first
/// attempt, and without <c>read:payloads</c>.
/// </param>
/// <param name="Attempts">Every attempt, the latest first.</param>
public sealed record DeliveryDetailAnswer(
    long Id, long EventId, [property: Words(typeof(EventType))] string Event, string Title, [property: Instant] string OccurredAt, int? NotificationId,
    string NotificationName, string Type, string? Url, Guid RequestId, [property: Words(typeof(DeliveryState))] string State, string? Reason, string? Hold,
    bool IsTest, [property: Instant] string? DueAt, [property: Instant] string CreatedAt, [property: Instant] string? SettledAt, JsonObject? Payload,
    string? RequestBody, IReadOnlyList<AttemptAnswer> Attempts)
{
    /// <param name="withBodies">Whether whoever asks may see what was sent and answered.</param>
    internal static DeliveryDetailAnswer Of(DeliveryDetail d, bool withBodies) => new(
        d.Row.Id, d.EventId, d.Row.Event.WireName(), d.Row.Title, Times.Text(d.OccurredAt), d.Row.NotificationId, d.Row.NotificationName, d.Kind, d.DisplayUrl,
        d.RequestId, d.Row.State.WireName(), d.Row.Reason, d.Row.Hold?.DisplayText(), d.Row.IsTest, Times.Text(d.Row.DueAt), Times.Text(d.Row.CreatedAt),
        Times.Text(d.SettledAt), withBodies ? Payloads.Of(d.Payload) : null, withBodies ? d.BodyText : null,
        [.. d.Attempts.Select(a => AttemptAnswer.Of(a, withBodies))]);
}

/// <summary>One attempt to deliver.</summary>
/// <param name="Number">Which one, from 1.</param>
/// <param name="Trigger"><c>event</c>, <c>retry</c>, <c>redelivery</c> or <c>test</c>.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="DurationMs">How long it took.</param>
/// <param name="StatusCode">What it was answered; null where it was not.</param>
/// <param name="Failure">Why it failed; null for a success.</param>
/// <param name="Error">The same in words.</param>
/// <param name="RequestHeaders">The request's headers as sent, one <c>Name: value</c> each.</param>
/// <param name="ResponseHeaders">The answer's headers likewise.</param>
/// <param name="ResponseBody">The beginning of the answer's body; null without <c>read:payloads</c>.</param>
/// <param name="ResponseBodyTruncated">The body went on after what is kept.</param>
public sealed record AttemptAnswer(
    int Number, string Trigger, [property: Instant] string StartedAt, int DurationMs, int? StatusCode, [property: Words(typeof(FailureKind))] string? Failure,
    string? Error, IReadOnlyList<string> RequestHeaders, IReadOnlyList<string> ResponseHeaders, string? ResponseBody, bool ResponseBodyTruncated)
{
    internal static AttemptAnswer Of(DeliveryAttempt a, bool withBodies) => new(
        a.Number, JsonNamingPolicy.CamelCase.ConvertName(a.Trigger.ToString()), Times.Text(a.StartedAt), a.DurationMs, a.StatusCode, a.Failure?.WireName(), a.Error,
        Lines(a.RequestHeaders), Lines(a.ResponseHeaders), withBodies ? a.ResponseBody : null, a.ResponseBodyTruncated);

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>A notification's missed deliveries being sent again.</summary>
/// <param name="Id">Its number.</param>
/// <param name="NotificationId">Whose deliveries.</param>
/// <param name="Since">What failed or was skipped at this moment or later.</param>
/// <param name="Failed">Those that failed.</param>
/// <param name="Skipped">Those that were skipped because the notification was off.</param>
/// <param name="Total">How many there were when it was asked for.</param>
/// <param name="Reopened">How many have begun a new round.</param>
/// <param name="IsCancelled">It ended before it was through.</param>
/// <param name="RequestedBy">Who asked for it.</param>
/// <param name="RequestedAt">When.</param>
/// <param name="FinishedAt">When it was through; null while it runs.</param>
public sealed record RecoveryAnswer(
    int Id, int NotificationId, [property: Instant] string Since, bool Failed, bool Skipped, int Total, int Reopened, bool IsCancelled, string RequestedBy,
    [property: Instant] string RequestedAt, [property: Instant] string? FinishedAt)
{
    internal static RecoveryAnswer Of(RecoveryRow r) => new(
        r.Id, r.NotificationId, Times.Text(r.Since), r.Failed, r.Skipped, r.Total, r.Reopened, r.IsCancelled, r.RequestedBy, Times.Text(r.RequestedAt),
        Times.Text(r.FinishedAt));
}

/// <summary>Payloads as the objects that they are.</summary>
internal static class Payloads
{
    public static JsonObject Of(byte[] payload) => JsonNode.Parse(payload)!.AsObject();
}
