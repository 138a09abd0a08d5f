using System.ComponentModel;
using System.Globalization;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Admin.Api.Http;
using ATStatus.Admin.Features.Deliveries;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.Mvc;

namespace ATStatus.Admin.Api.Deliveries;

/// <summary>The delivery log's filters. Everything that is given must hold.</summary>
internal sealed record DeliveryListQuery
{
    [FromQuery(Name = "state"), Description("`pending`, `sending`, `retrying`, `delivered`, `failed` or `skipped`.")]
    public string? State { get; init; }

    [FromQuery(Name = "notificationId"), Description("Only this notification's.")]
    public int? NotificationId { get; init; }

    [FromQuery(Name = "event"), Description("Only those of this event type.")]
    public string? Event { get; init; }

    [FromQuery(Name = "failure"), Description("Only those whose last attempt failed so: `timeout`, `http_status` …")]
    public string? Failure { get; init; }

    [FromQuery(Name = "httpStatus"), Description("Only those whose last attempt was answered so: `503`, or `5xx`.")]
    public string? HttpStatus { get; init; }

    [FromQuery(Name = "isTest"), Description("Only tests, or only others.")]
    public bool? IsTest { get; init; }

    [FromQuery(Name = "search"), Description("Only those with this text in the event's title, or whose X-Request-ID begins with it.")]
    public string? Search { get; init; }

    [FromQuery(Name = "since"), Description("Only those recorded at this moment or later.")]
    public string? Since { get; init; }

    [FromQuery(Name = "until"), Description("Only those recorded before this moment.")]
    public string? Until { get; init; }

    /// <summary>What the log is asked for.</summary>
    /// <exception cref="InvalidInputException">By parameter.</exception>
    public DeliveryFilter ToFilter()
    {
        var check = new FieldCheck();
        var status = DeliveryLogQuery.StatusOf(HttpStatus);
        check.Require(HttpStatus is null || status is not null, "httpStatus", "It takes a status like 503, or a class like 5xx.");
        var filter = new DeliveryFilter(
            NotificationId, check.Word<DeliveryState>(State, "state", TryState, Words.DeliveryStates), check.Time(Since, "since"), check.Time(Until, "until"),
            check.Word<EventType>(Event, "event", EventTypes.TryParse, Words.Events), check.Word<FailureKind>(Failure, "failure", FailureKinds.TryParse, Words.Failures),
            status, IsTest, PageQueries.TextOf(Search));
        check.ThrowIfInvalid();
        return filter;
    }

    private static bool TryState(string? name, out DeliveryState state)
    {
        var found = DeliveryLogQuery.StateOf(name);
        state = found ?? default;
        return found is not null;
    }
}

/// <summary>The delivery log, and what can be done about an entry.</summary>
internal static class DeliveryEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var deliveries = api.MapResource("/deliveries", "Deliveries");
        deliveries.MapGet("", ListAsync).Reads<ListAnswer<DeliveryAnswer>>("listDeliveries", ApiScopes.ReadDeliveries).WithSummary("The delivery log, the newest first");
        deliveries.MapGet("/{id:long}", GetAsync).Reads<DeliveryDetailAnswer>("getDelivery", ApiScopes.ReadDeliveries)
            .WithSummary("One delivery with its attempts; bodies only with read:payloads");
        deliveries.MapPost("/{id:long}/redeliver", RedeliverAsync).Writes<DeliveryDetailAnswer>("redeliver", ApiScopes.WriteDeliveries)
            .WithSummary("Begin a new round of attempts");
        deliveries.MapPost("/{id:long}/cancel", CancelAsync).Writes<DeliveryDetailAnswer>("cancelDelivery", ApiScopes.WriteDeliveries)
            .WithSummary("Send nothing more; an attempt under way finishes");
        api.MapResource("/recoveries", "Deliveries").MapGet("/{id:int}", GetRecoveryAsync).Reads<RecoveryAnswer>("getRecovery", ApiScopes.ReadDeliveries)
            .WithSummary("How far sending missed deliveries again has come");
    }

    private static async Task<ListAnswer<DeliveryAnswer>> ListAsync(
        [AsParameters] ListQuery query, [AsParameters] DeliveryListQuery filters, DeliveryQueries deliveries, CancellationToken cancellationToken)
    {
        query.ThrowIfInvalid();
        var page = await deliveries.PageAsync(filters.ToFilter(), query.Before, after: null, query.Size, cancellationToken);
        // A search that looked at as many rows as one question may goes on where it stopped, even where it found nothing.
        var next = page.SearchedTo ?? (page.HasOlder && page.Rows.Count > 0 ? page.Rows[^1].Id : null);
        return new ListAnswer<DeliveryAnswer>([.. page.Rows.Select(DeliveryAnswer.Of)], next?.ToString(CultureInfo.InvariantCulture));
    }

    private static async Task<IResult> GetAsync(long id, HttpContext http, DeliveryQueries deliveries) => Shown(http, await FindAsync(id, deliveries));

    private static async Task<IResult> RedeliverAsync(long id, HttpContext http, RedeliveryService service, DeliveryQueries deliveries)
    {
        Demand(http, (await FindAsync(id, deliveries)).RedeliverRefusal);
        await service.RedeliverAsync(id);
        return Shown(http, await FindAsync(id, deliveries));
    }

    private static async Task<IResult> CancelAsync(long id, HttpContext http, RedeliveryService service, DeliveryQueries deliveries)
    {
        Demand(http, (await FindAsync(id, deliveries)).CancelRefusal);
        await service.CancelAsync(id, http.Actor());
        return Shown(http, await FindAsync(id, deliveries));
    }

    private static async Task<IResult> GetRecoveryAsync(int id, HttpContext http, RecoveryQueries recoveries) =>
        http.One(RecoveryAnswer.Of(await recoveries.RunAsync(id) ?? throw new NotFoundException("recovery")));

    /// <summary>What is refused is so for a preview too; beyond that it raises nothing.</summary>
    private static void Demand(HttpContext http, string? refusal)
    {
        if (refusal is not null)
            throw new IllegalTransitionException(refusal);
        if (http.IsPreview())
            throw new PreviewedException([]);
    }

    private static async Task<DeliveryDetail> FindAsync(long id, DeliveryQueries deliveries) =>
        await deliveries.FindAsync(id) ?? throw new NotFoundException("delivery");

    private static IResult Shown(HttpContext http, DeliveryDetail delivery) =>
        http.One(DeliveryDetailAnswer.Of(delivery, http.HasScope(ApiScopes.ReadPayloads)));
}
