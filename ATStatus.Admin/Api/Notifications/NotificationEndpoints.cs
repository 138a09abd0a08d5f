using ATStatus.Admin.Api.Bodies;
using ATStatus.Admin.Api.Deliveries;
using ATStatus.Admin.Api.Http;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Api.Notifications;

/// <summary>Notifications, tests of them, and what they missed.</summary>
internal static class NotificationEndpoints
{
    private const string What = "notification";

    public static void Map(IEndpointRouteBuilder api)
    {
        var notifications = api.MapResource(
            "/notifications", "Notifications", (nameof(NotificationInput.Kind), "type"), (nameof(SendOptions.TemplateBody), "body.template"), (nameof(TransportInput.SecretOverlap), "secretOverlapSeconds"));
        notifications.MapGet("", ListAsync).Reads<ListAnswer<NotificationAnswer>>("listNotifications", ApiScopes.ReadNotifications).WithSummary("Notifications, the newest first");
        notifications.MapPost("", CreateAsync).Writes<NotificationAnswer>("createNotification", ApiScopes.WriteNotifications, StatusCodes.Status201Created)
            .WithSummary("Add a notification");
        notifications.MapGet("/{id:int}", GetAsync).Reads<NotificationAnswer>("getNotification", ApiScopes.ReadNotifications).WithSummary("One notification");
        notifications.MapPatch("/{id:int}", UpdateAsync).Writes<NotificationAnswer>("updateNotification", ApiScopes.WriteNotifications)
            .WithSummary("Change a notification, or switch it on or off");
        notifications.MapDelete("/{id:int}", DeleteAsync).Writes<NotificationAnswer>("deleteNotification", ApiScopes.WriteNotifications, StatusCodes.Status204NoContent)
            .WithSummary("Delete a notification; its log stays");
        notifications.MapPost("/{id:int}/test", TestAsync).Writes<TestAnswer>("testNotification", ApiScopes.WriteNotifications)
            .WithSummary("Send a test now, in one attempt, and answer its outcome");
        notifications.MapPost("/{id:int}/recover", RecoverAsync).Writes<RecoveryAnswer>("recoverNotification", ApiScopes.WriteDeliveries, StatusCodes.Status201Created)
            .WithSummary("Send again what failed or was skipped since a moment");
    }

    private static async Task<ListAnswer<NotificationAnswer>> ListAsync(
        [AsParameters] ListQuery query, NotificationQueries notifications, CancellationToken cancellationToken)
    {
        query.ThrowIfInvalid();
        return query.Found(await notifications.NewestAsync(query.Before, query.Size + 1, cancellationToken), n => n.Id, NotificationAnswer.Of);
    }

    private static async Task<IResult> GetAsync(int id, HttpContext http, NotificationQueries notifications) => Shown(http, await FindAsync(id, notifications));

    private static async Task<IResult> CreateAsync(NotificationBody body, HttpContext http, NotificationService service, NotificationQueries notifications)
    {
        var check = new FieldCheck();
        var input = check.Input(body, saved: null);
        check.ThrowIfInvalid();
        var id = await service.CreateAsync(input);
        var made = await FindAsync(id, notifications);
        return http.Made($"/notifications/{id}", NotificationAnswer.Of(made), made.Version);
    }

    private static async Task<IResult> UpdateAsync(int id, NotificationBody body, HttpContext http, NotificationService service, NotificationQueries notifications)
    {
        await http.ChangeAsync<Notification, NotificationDetail>(What, id, () => notifications.FindAsync(id), n => n.Version, saved =>
        {
            var check = new FieldCheck();
            var input = check.Input(body, saved);
            check.ThrowIfInvalid();
            return service.UpdateAsync(id, saved.Version, input);
        });
        return Shown(http, await FindAsync(id, notifications));
    }

    private static async Task<IResult> DeleteAsync(int id, HttpContext http, NotificationService service, NotificationQueries notifications)
    {
        await http.ChangeAsync<Notification, NotificationDetail>(
            What, id, () => notifications.FindAsync(id), n => n.Version, _ => service.DeleteAsync(id));
        return Results.NoContent();
    }

    private static async Task<IResult> TestAsync(int id, TestBody? body, HttpContext http, TestSendService tests)
    {
        var check = new FieldCheck();
        var type = check.Word<EventType>(body?.Event, "event", Selectable, EventTypes.Selectable.Select(e => e.WireName())) ?? EventType.IncidentCreated;
        check.ThrowIfInvalid();
        var outcome = await tests.SendSavedAsync(id, type);
        var result = outcome.Result;
        return http.One(new TestAnswer(
            outcome.DeliveryId, result.Failure is null ? "delivered" : "failed", result.StatusCode, result.Failure?.WireName(), result.Error,
            (int)result.Duration.TotalMilliseconds, http.HasScope(ApiScopes.ReadPayloads) ? result.ResponseBody : null));
    }

    private static async Task<IResult> RecoverAsync(
        int id, RecoverBody body, HttpContext http, RecoveryService service, RecoveryQueries recoveries)
    {
        var check = new FieldCheck();
        var since = check.Time(body.Since, "since");
        check.Require(!string.IsNullOrEmpty(body.Since), "since", "It takes a time with an offset, like 2026-01-14T12:00:00Z.");
        check.ThrowIfInvalid();
        var run = await service.BeginAsync(new RecoveryRequest(id, since!.Value, body.Failed ?? true, body.Skipped ?? true), http.Actor());
        return http.Made($"/recoveries/{run}", RecoveryAnswer.Of(await recoveries.RunAsync(run) ?? throw new NotFoundException("recovery")));
    }

    private static bool Selectable(string? name, out EventType type) => EventTypes.TryParse(name, out type) && !type.IsAlert();

    private static async Task<NotificationDetail> FindAsync(int id, NotificationQueries notifications) =>
        await notifications.FindAsync(id) ?? throw new NotFoundException(What);

    private static IResult Shown(HttpContext http, NotificationDetail notification) => http.One(NotificationAnswer.Of(notification), notification.Version);
}
