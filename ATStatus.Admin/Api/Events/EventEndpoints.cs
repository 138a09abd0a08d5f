using System.Text.Json;
using System.Text.Json.Nodes;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Admin.Api.Deliveries;
using ATStatus.Admin.Api.Http;
using ATStatus.Admin.Features.Events;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;

namespace ATStatus.Admin.Api.Events;

/// <summary>Something that happened, who was notified of it, who was not, and why.</summary>
/// <param name="Id">Its number; grows in the order in which things happened.</param>
/// <param name="Event">What happened.</param>
/// <param name="Title">To what, as it was called then.</param>
/// <param name="OccurredAt">When.</param>
/// <param name="StatusPage">The page's name; null where it is deleted.</param>
/// <param name="SubjectId">The number of the incident, window, component or notification.</param>
/// <param name="IsTest">Made by a test.</param>
/// <param name="Payload">What receivers get; null without <c>read:payloads</c>.</param>
/// <param name="Recipients">Every notification.</param>
public sealed record EventAnswer(
    long Id, [property: Words(typeof(EventType))] string Event, string Title, [property: Instant] string OccurredAt, string? StatusPage, int SubjectId, bool IsTest,
    JsonObject? Payload, IReadOnlyList<RecipientAnswer> Recipients);

/// <summary>A notification and an event.</summary>
/// <param name="Id">The notification; null for one that is deleted.</param>
/// <param name="Name">Its name.</param>
/// <param name="Outcome"><c>delivered</c>, <c>waiting</c>, <c>failed</c>, <c>skipped</c>, <c>not_subscribed</c>, <c>added_later</c> or <c>unknown</c>.</param>
/// <param name="Reason">Why, and how the last attempt went; null where there is nothing to say.</param>
/// <param name="DeliveryId">The delivery; null where there is none.</param>
/// <param name="State">The delivery's state; null where there is none.</param>
public sealed record RecipientAnswer(int? Id, string Name, string Outcome, string? Reason, long? DeliveryId, [property: Words(typeof(DeliveryState))] string? State)
{
    internal static RecipientAnswer Of(Recipient recipient)
    {
        var result = recipient.Results[0];
        return new RecipientAnswer(
            recipient.NotificationId, recipient.Name, JsonNamingPolicy.SnakeCaseLower.ConvertName(result.Outcome.ToString()),
            RecipientStyle.DisplayText(result) is { Length: > 0 } reason ? reason : null, result.Delivery?.Id, result.Delivery?.State.WireName());
    }
}

/// <summary>Events.</summary>
internal static class EventEndpoints
{
    public static void Map(IEndpointRouteBuilder api) => api.MapResource("/events", "Deliveries")
        .MapGet("/{id:long}", GetAsync).Reads<EventAnswer>("getEvent", ApiScopes.ReadDeliveries).WithSummary("One event, who was notified, who was not and why");

    private static async Task<IResult> GetAsync(long id, HttpContext http, EventQueries events)
    {
        var found = await events.FindAsync(id) ?? throw new NotFoundException("event");
        return http.One(new EventAnswer(
            found.Row.Id, found.Row.Type.WireName(), found.Row.Title, Times.Text(found.Row.OccurredAt), found.StatusPageName, found.SubjectId, found.IsTest,
            http.HasScope(ApiScopes.ReadPayloads) ? Payloads.Of(found.Payload) : null, [.. found.Notifications.Select(RecipientAnswer.Of)]));
    }
}
