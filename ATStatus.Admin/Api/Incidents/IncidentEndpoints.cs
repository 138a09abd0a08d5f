using System.ComponentModel;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Admin.Api.Http;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;

namespace ATStatus.Admin.Api.Incidents;

/// <summary>Incidents and their timelines.</summary>
internal static class IncidentEndpoints
{
    private const string What = "incident";

    public static void Map(IEndpointRouteBuilder api)
    {
        var incidents = api.MapResource("/incidents", "Incidents", (nameof(IncidentInput.Severity), "impact"));
        incidents.MapGet("", ListAsync).Reads<ListAnswer<IncidentAnswer>>("listIncidents", ApiScopes.ReadIncidents).WithSummary("Incidents, the newest first");
        incidents.MapPost("", CreateAsync).Writes<IncidentAnswer>("createIncident", ApiScopes.WriteIncidents, StatusCodes.Status201Created)
            .WithSummary("Open an incident");
        incidents.MapGet("/{id:int}", GetAsync).Reads<IncidentAnswer>("getIncident", ApiScopes.ReadIncidents).WithSummary("One incident");
        incidents.MapPatch("/{id:int}", UpdateAsync).Writes<IncidentAnswer>("updateIncident", ApiScopes.WriteIncidents)
            .WithSummary("Change an incident; with a status or a message, post an update");
        incidents.MapDelete("/{id:int}", DeleteAsync).Writes<IncidentAnswer>("deleteIncident", ApiScopes.WriteIncidents, StatusCodes.Status204NoContent)
            .WithSummary("Delete a resolved incident");
        incidents.MapPost("/{id:int}/updates", PostUpdateAsync).Writes<IncidentAnswer>("postIncidentUpdate", ApiScopes.WriteIncidents).WithSummary("Post an update");
        incidents.MapPost("/{id:int}/resolve", ResolveAsync).Writes<IncidentAnswer>("resolveIncident", ApiScopes.WriteIncidents).WithSummary("Resolve an incident");
    }

    private static async Task<ListAnswer<IncidentAnswer>> ListAsync(
        [AsParameters] ListQuery query, [Description("Only incidents of this page.")] int? statusPageId,
        [Description("Only incidents of this status; `open` for all that are not resolved.")] string? status, IncidentQueries incidents, CancellationToken cancellationToken)
    {
        query.ThrowIfInvalid();
        var check = new FieldCheck();
        var isOpen = status == "open";
        var known = isOpen ? null : check.Word<IncidentStatus>(status, "status", IncidentStatuses.TryParse, ["open", .. Words.IncidentStatuses]);
        check.ThrowIfInvalid();
        return query.Found(
            await incidents.NewestAsync(new IncidentFilter(statusPageId, known, isOpen, query.Before), query.Size + 1, cancellationToken), i => i.Row.Id, IncidentAnswer.Of);
    }

    private static async Task<IResult> GetAsync(int id, HttpContext http, IncidentQueries incidents) => Shown(http, await FindAsync(id, incidents));

    private static async Task<IResult> CreateAsync(IncidentBody body, HttpContext http, IncidentService service, IncidentQueries incidents)
    {
        var check = new FieldCheck();
        var status = check.Status(body.Status.Value) ?? IncidentStatus.Investigating;
        var severity = check.Impact(body.Impact.Value) ?? IncidentSeverity.Minor;
        var components = check.Components(body.ComponentIds, body.Components, []) ?? [];
        var (startedAt, endedAt) = (check.Time(body.StartedAt.Value, "startedAt"), check.Time(body.EndedAt.Value, "endedAt"));
        check.ThrowIfInvalid();
        var id = await service.CreateAsync(
            new IncidentInput(
                body.StatusPageId.Value, body.Title.Value, severity, status, body.Message.Value, components, startedAt, body.DoNotNotify.Value == true)
            { EndedAt = endedAt, Postmortem = body.Postmortem.Value },
            http.Actor());
        var incident = await FindAsync(id, incidents);
        return http.Made($"/incidents/{id}", IncidentAnswer.Of(incident), incident.Version);
    }

    private static Task<IResult> UpdateAsync(int id, IncidentBody body, HttpContext http, IncidentService service, IncidentQueries incidents) =>
        ChangeAsync(
            id, http, incidents,
            incident => service.ChangeAsync(id, incident.Version, new FieldCheck().ChangeOf(body, incident), http.Actor()));

    // What others posted meanwhile stays beside it. It does not say what was seen: where both set the same, it is made anew.
    private static Task<IResult> PostUpdateAsync(int id, IncidentUpdateBody body, HttpContext http, IncidentService service, IncidentQueries incidents) =>
        ChangeAsync(id, http, incidents, incident =>
        {
            var check = new FieldCheck();
            var (status, severity) = (check.Status(body.Status), check.Impact(body.Impact));
            var components = check.Components(body.ComponentIds, body.Components, incident.Affected);
            check.Require(body.Message is not null || status is not null || severity is not null || components is not null, "message", "Message is required.");
            check.ThrowIfInvalid();
            var input = new IncidentUpdateInput(status, body.Message, body.DoNotNotify == true)
            {
                Severity = severity,
                Components = components,
            };
            return service.PostUpdateAsync(id, incident.Version, input, http.Actor());
        });

    private static Task<IResult> ResolveAsync(int id, IncidentResolveBody? body, HttpContext http, IncidentService service, IncidentQueries incidents) =>
        ChangeAsync(id, http, incidents, incident =>
        {
            var input = new IncidentUpdateInput(IncidentStatus.Resolved, body?.Message, body?.DoNotNotify == true) { MustBeOpen = true };
            return service.PostUpdateAsync(id, incident.Version, input, http.Actor());
        });

    private static async Task<IResult> DeleteAsync(
        int id, HttpContext http, IncidentService service, IncidentQueries incidents,
        [Description("What becomes of the downtime that it counts as in its components' history: `keep` or `remove`.")] string downtime = "keep")
    {
        var check = new FieldCheck();
        check.Require(downtime is "keep" or "remove", "downtime", "It takes one of these: keep, remove.");
        check.ThrowIfInvalid();
        await http.ChangeAsync<Incident, IncidentDetail>(
            What, id, () => incidents.FindAsync(id), i => i.Version, i => service.DeleteAsync(id, i.Version, downtime == "keep"));
        return Results.NoContent();
    }

    private static async Task<IResult> ChangeAsync(int id, HttpContext http, IncidentQueries incidents, Func<IncidentDetail, Task> change)
    {
        await http.ChangeAsync<Incident, IncidentDetail>(What, id, () => incidents.FindAsync(id), incident => incident.Version, change);
        return Shown(http, await FindAsync(id, incidents));
    }

    private static async Task<IncidentDetail> FindAsync(int id, IncidentQueries incidents) => await incidents.FindAsync(id) ?? throw new NotFoundException(What);

    private static IResult Shown(HttpContext http, IncidentDetail incident) => http.One(IncidentAnswer.Of(incident), incident.Version);
}
