using System.ComponentModel;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Admin.Api.Http;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Api.Components;

/// <summary>Groups of components.</summary>
internal static class ComponentGroupEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        var groups = api.MapResource("/component-groups", "Components");
        groups.MapGet("", ListAsync).Reads<ListAnswer<ComponentGroupAnswer>>("listComponentGroups", ApiScopes.ReadComponents).WithSummary("Groups of components");
        groups.MapPost("", CreateAsync).Writes<ComponentGroupAnswer>("createComponentGroup", ApiScopes.WriteComponents, StatusCodes.Status201Created)
            .WithSummary("Make a group at the end of its page");
    }

    private static async Task<ListAnswer<ComponentGroupAnswer>> ListAsync(
        [AsParameters] ListQuery query, [Description("Only groups of this page.")] int? statusPageId, StatusPageQueries pages, CancellationToken cancellationToken) =>
        query.Stretch(await pages.NewestGroupsAsync(statusPageId, cancellationToken), group => group.Id, ComponentGroupAnswer.Of);

    private static async Task<IResult> CreateAsync(ComponentGroupBody body, HttpContext http, ComponentOrder order, StatusPageQueries pages)
    {
        var check = new FieldCheck();
        check.Require(body.StatusPageId is { } page && await pages.PageAsync(page) is not null, "statusPageId", "Choose a status page.");
        check.ThrowIfInvalid();
        var id = await order.AddGroupAsync(body.StatusPageId!.Value, body.Name);
        var group = (await pages.NewestGroupsAsync(body.StatusPageId)).FirstOrDefault(g => g.Id == id) ?? throw new NotFoundException("group");
        return http.Made($"/component-groups?statusPageId={group.StatusPageId}", ComponentGroupAnswer.Of(group), group.Version);
    }
}
