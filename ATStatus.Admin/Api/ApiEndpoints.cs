using ATStatus.Admin.Api.Components;
using ATStatus.Admin.Api.Deliveries;
using ATStatus.Admin.Api.Events;
using ATStatus.Admin.Api.Http;
using ATStatus.Admin.Api.Incidents;
using ATStatus.Admin.Api.Maintenance;
using ATStatus.Admin.Api.Notifications;
using ATStatus.Admin.Api.OpenApi;
using ATStatus.Admin.Api.Sending;
using ATStatus.Admin.Api.StatusPages;

namespace ATStatus.Admin.Api;

/// <summary>The REST API's addresses. What stands behind each are the services that the console's pages use.</summary>
internal static class ApiEndpoints
{
    /// <summary>Where the first version is, below the path base.</summary>
    public const string Root = "/api/v1";

    /// <summary>Maps them all.</summary>
    public static void MapApi(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapApiDocument();
        // No group for all of v1: a filter is told of each endpoint once, and only writes have one.
        var api = endpoints.MapGroup(Root);
        StatusPageEndpoints.Map(api);
        ComponentEndpoints.Map(api);
        ComponentGroupEndpoints.Map(api);
        IncidentEndpoints.Map(api);
        MaintenanceEndpoints.Map(api);
        NotificationEndpoints.Map(api);
        DeliveryEndpoints.Map(api);
        EventEndpoints.Map(api);
        SendingEndpoints.Map(api);
    }

    /// <summary>A group of addresses under one heading of the documentation, whose services name fields otherwise than the API.</summary>
    public static RouteGroupBuilder MapResource(this IEndpointRouteBuilder api, string path, string tag, params (string Service, string Api)[] fields)
    {
        var group = api.MapGroup(path).WithTags(tag);
        if (fields.Length > 0)
            group.WithMetadata(new FieldNames(fields.ToDictionary(field => field.Service, field => field.Api)));
        return group;
    }

    /// <summary>One read operation.</summary>
    public static RouteHandlerBuilder Reads<TAnswer>(this RouteHandlerBuilder endpoint, string operationId, string scope) =>
        endpoint.WithName(operationId).Scope(scope).Produces<TAnswer>().WithMetadata(ApiOperation.Read);

    /// <summary>One write operation, with what every write has: a preview, the events that it raised.</summary>
    /// <param name="status">The status of success; 204 has no answer.</param>
    public static RouteHandlerBuilder Writes<TAnswer>(this RouteHandlerBuilder endpoint, string operationId, string scope, int status = StatusCodes.Status200OK)
    {
        endpoint.WithName(operationId).Scope(scope).AddEndpointFilter<WriteFilter>().WithMetadata(ApiOperation.Write);
        return status == StatusCodes.Status204NoContent ? endpoint.Produces(status) : endpoint.Produces<TAnswer>(status);
    }
}

/// <summary>What kind of operation an endpoint is, for its documentation.</summary>
internal sealed record ApiOperation(bool IsWrite)
{
    public static readonly ApiOperation Read = new(false);
    public static readonly ApiOperation Write = new(true);
}
