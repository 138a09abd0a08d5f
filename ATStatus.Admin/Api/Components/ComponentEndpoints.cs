using System.ComponentModel;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Admin.Api.Http;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Api.Components;

/// <summary>Components and their statuses.</summary>
internal static class ComponentEndpoints
{
    private const string What = "component";

    public static void Map(IEndpointRouteBuilder api)
    {
        var components = api.MapResource("/components", "Components");
        components.MapGet("", ListAsync).Reads<ListAnswer<ComponentAnswer>>("listComponents", ApiScopes.ReadComponents)
            .WithSummary("Components of pages in use, or of one page or group");
        components.MapPost("", CreateAsync).Writes<ComponentAnswer>("createComponent", ApiScopes.WriteComponents, StatusCodes.Status201Created)
            .WithSummary("Add a component");
        components.MapGet("/{id:int}", GetAsync).Reads<ComponentAnswer>("getComponent", ApiScopes.ReadComponents).WithSummary("One component");
        components.MapPatch("/{id:int}", UpdateAsync).Writes<ComponentAnswer>("updateComponent", ApiScopes.WriteComponents).WithSummary("Change a component");
        components.MapPatch("/{id:int}/status", SetStatusAsync).Writes<ComponentAnswer>("setComponentStatus", ApiScopes.WriteComponents)
            .WithSummary("Set a component's status");
        components.MapDelete("/{id:int}", DeleteAsync).Writes<ComponentAnswer>("deleteComponent", ApiScopes.WriteComponents, StatusCodes.Status204NoContent)
            .WithSummary("Delete a component with its history");
    }

    private static async Task<ListAnswer<ComponentAnswer>> ListAsync(
        [AsParameters] ListQuery query, [Description("Only components of this page.")] int? statusPageId, [Description("Only components of this group.")] int? groupId,
        StatusPageQueries pages, CancellationToken cancellationToken) =>
        query.Stretch(await pages.ComponentsAsync(statusPageId, groupId, cancellationToken), c => c.Id, ComponentAnswer.Of);

    private static async Task<IResult> GetAsync(int id, HttpContext http, StatusPageQueries pages) => Shown(http, await FindAsync(id, pages));

    private static async Task<IResult> CreateAsync(ComponentBody body, HttpContext http, ComponentService service, StatusPageQueries pages)
    {
        var check = new FieldCheck();
        var status = Status(check, body.Status.Value) ?? ComponentStatus.Operational;
        check.ThrowIfInvalid();
        var id = await service.CreateAsync(new ComponentInput(
            body.StatusPageId.Value, body.Name.Value, status, body.Description.Value, body.IsVisible.Value ?? true, body.GroupId.Value, body.DoNotNotify.Value == true));
        var component = await FindAsync(id, pages);
        return http.Made($"/components/{id}", ComponentAnswer.Of(component), component.Version);
    }

    private static async Task<IResult> UpdateAsync(int id, ComponentBody body, HttpContext http, ComponentService service, StatusPageQueries pages)
    {
        await http.ChangeAsync<Core.Model.Component, ComponentRow>(What, id, () => pages.ComponentAsync(id), c => c.Version, component =>
        {
            var check = new FieldCheck();
            var status = Status(check, body.Status.Value) ?? component.Status;
            check.Require(body.StatusPageId.Or(component.StatusPageId) == component.StatusPageId, "statusPageId", "A component stays on its page.");
            check.ThrowIfInvalid();
            return service.UpdateAsync(id, component.Version, new ComponentInput(
                component.StatusPageId, body.Name.Or(component.Name), status, body.Description.Or(component.Description),
                body.IsVisible.Value ?? component.IsVisible, body.GroupId.Or(component.GroupId), body.DoNotNotify.Value == true)
            {
                Moves = body.GroupId.IsGiven,
            });
        });
        return Shown(http, await FindAsync(id, pages));
    }

    private static async Task<IResult> SetStatusAsync(int id, ComponentStatusBody body, HttpContext http, ComponentService service, StatusPageQueries pages)
    {
        var check = new FieldCheck();
        var status = Status(check, body.Status);
        check.Require(status is not null, "status", $"It takes one of these: {string.Join(", ", Words.Statuses)}.");
        check.ThrowIfInvalid();
        await http.ChangeAsync<Core.Model.Component, ComponentRow>(
            What, id, () => pages.ComponentAsync(id), c => c.Version,
            _ => service.SetStatusAsync(id, status!.Value, body.DoNotNotify == true));
        return Shown(http, await FindAsync(id, pages));
    }

    private static async Task<IResult> DeleteAsync(
        int id, HttpContext http, ComponentService service, StatusPageQueries pages,
        [Description("Record the event, but send it to no one.")] bool doNotNotify = false)
    {
        await http.ChangeAsync<Core.Model.Component, ComponentRow>(
            What, id, () => pages.ComponentAsync(id), c => c.Version, _ => service.DeleteAsync(id, doNotNotify));
        return Results.NoContent();
    }

    private static ComponentStatus? Status(FieldCheck check, string? text) => check.Word<ComponentStatus>(text, "status", ComponentStatuses.TryParse, Words.Statuses);

    private static async Task<ComponentRow> FindAsync(int id, StatusPageQueries pages) => await pages.ComponentAsync(id) ?? throw new NotFoundException(What);

    private static IResult Shown(HttpContext http, ComponentRow component) => http.One(ComponentAnswer.Of(component), component.Version);
}
