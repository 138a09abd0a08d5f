using ATStatus.Admin.Api.Http;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Api.StatusPages;

/// <summary>Status pages.</summary>
internal static class StatusPageEndpoints
{
    private const string What = "status page";

    public static void Map(IEndpointRouteBuilder api)
    {
        var pages = api.MapResource("/statuspages", "Status pages");
        pages.MapGet("", ListAsync).Reads<ListAnswer<StatusPageAnswer>>("listStatusPages", ApiScopes.ReadStatusPages)
            .WithSummary("Status pages, archived ones too");
        pages.MapPost("", CreateAsync).Writes<StatusPageAnswer>("createStatusPage", ApiScopes.WriteStatusPages, StatusCodes.Status201Created)
            .WithSummary("Make a status page");
        pages.MapGet("/{id:int}", GetAsync).Reads<StatusPageAnswer>("getStatusPage", ApiScopes.ReadStatusPages).WithSummary("One status page");
        pages.MapPatch("/{id:int}", UpdateAsync).Writes<StatusPageAnswer>("updateStatusPage", ApiScopes.WriteStatusPages).WithSummary("Change a status page");
        pages.MapDelete("/{id:int}", DeleteAsync).Writes<StatusPageAnswer>("deleteStatusPage", ApiScopes.WriteStatusPages, StatusCodes.Status204NoContent)
            .WithSummary("Delete a status page with everything on it");
    }

    private static async Task<ListAnswer<StatusPageAnswer>> ListAsync([AsParameters] ListQuery query, StatusPageQueries pages, CancellationToken cancellationToken) =>
        query.Stretch(await pages.PagesAsync(archived: true, cancellationToken), page => page.Id, StatusPageAnswer.Of);

    private static async Task<IResult> GetAsync(int id, HttpContext http, StatusPageQueries pages) => Shown(http, await FindAsync(id, pages));

    private static async Task<IResult> CreateAsync(StatusPageBody body, HttpContext http, StatusPageService service, StatusPageQueries pages)
    {
        var name = body.Name.Value;
        var id = await service.CreateAsync(new StatusPageInput(
            name, body.Slug.Or(StatusPageService.SuggestSlug(name)), body.Description.Value, body.TimeZone.Or("UTC"), body.PublicUrl.Value)
        {
            IsArchived = body.IsArchived.Value,
        });
        var page = await FindAsync(id, pages);
        return http.Made($"/statuspages/{id}", StatusPageAnswer.Of(page), page.Version);
    }

    private static async Task<IResult> UpdateAsync(int id, StatusPageBody body, HttpContext http, StatusPageService service, StatusPageQueries pages)
    {
        await http.ChangeAsync<StatusPage, StatusPageRow>(
            What, id, () => pages.PageAsync(id), page => page.Version, page => service.UpdateAsync(id, page.Version, new StatusPageInput(
                body.Name.Or(page.Name), body.Slug.Or(page.Slug), body.Description.Or(page.Description), body.TimeZone.Or(page.TimeZone),
                body.PublicUrl.Or(page.PublicUrl), body.MoveSeries.Value == true)
            {
                IsArchived = body.IsArchived.Value,
            }));
        return Shown(http, await FindAsync(id, pages));
    }

    /// <param name="doNotNotify">Record the events, but send them to no one.</param>
    private static async Task<IResult> DeleteAsync(int id, HttpContext http, StatusPageService service, StatusPageQueries pages, bool doNotNotify = false)
    {
        await http.ChangeAsync<StatusPage, StatusPageRow>(
            What, id, () => pages.PageAsync(id), page => page.Version, page => service.DeleteAsync(id, page.Name, doNotNotify));
        return Results.NoContent();
    }

    private static async Task<StatusPageRow> FindAsync(int id, StatusPageQueries pages) => await pages.PageAsync(id) ?? throw new NotFoundException(What);

    private static IResult Shown(HttpContext http, StatusPageRow page) => http.One(StatusPageAnswer.Of(page), page.Version);
}
