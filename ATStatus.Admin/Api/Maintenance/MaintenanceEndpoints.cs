using System.ComponentModel;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Admin.Api.Http;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Api.Maintenance;

/// <summary>Maintenance windows.</summary>
internal static class MaintenanceEndpoints
{
    private const string What = "maintenance";

    public static void Map(IEndpointRouteBuilder api)
    {
        var windows = api.MapResource(
            "/maintenance", "Maintenance", (nameof(MaintenanceInput.Message), "description"), (nameof(MaintenanceInput.Starts), "scheduledStartTime"),
            (nameof(MaintenanceInput.Ends), "scheduledEndTime"), (nameof(MaintenanceInput.RemindBefore), "remindBeforeMinutes"),
            (nameof(MaintenanceCancelInput.Note), "message"), (nameof(MaintenanceUpdateInput.Text), "message"));
        windows.MapGet("", ListAsync).Reads<ListAnswer<MaintenanceAnswer>>("listMaintenance", ApiScopes.ReadMaintenance).WithSummary("Maintenance, the newest first");
        windows.MapPost("", ScheduleAsync).Writes<MaintenanceAnswer>("scheduleMaintenance", ApiScopes.WriteMaintenance, StatusCodes.Status201Created)
            .WithSummary("Schedule maintenance");
        windows.MapGet("/{id:int}", GetAsync).Reads<MaintenanceAnswer>("getMaintenance", ApiScopes.ReadMaintenance).WithSummary("One window");
        windows.MapPatch("/{id:int}", UpdateAsync).Writes<MaintenanceAnswer>("updateMaintenance", ApiScopes.WriteMaintenance)
            .WithSummary("Change a window that has not started, or the end of one in progress");
        windows.MapDelete("/{id:int}", DeleteAsync).Writes<MaintenanceAnswer>("deleteMaintenance", ApiScopes.WriteMaintenance, StatusCodes.Status204NoContent)
            .WithSummary("Cancel a window that has not started, without a word; remove one that is over");
        windows.MapPost("/{id:int}/start", StartAsync).Writes<MaintenanceAnswer>("startMaintenance", ApiScopes.WriteMaintenance).WithSummary("Start it now");
        windows.MapPost("/{id:int}/complete", CompleteAsync).Writes<MaintenanceAnswer>("completeMaintenance", ApiScopes.WriteMaintenance).WithSummary("Complete it now");
        windows.MapPost("/{id:int}/cancel", CancelAsync).Writes<MaintenanceAnswer>("cancelMaintenance", ApiScopes.WriteMaintenance)
            .WithSummary("Cancel it before it starts, and notify");
        windows.MapPost("/{id:int}/updates", PostUpdateAsync).Writes<MaintenanceAnswer>("postMaintenanceUpdate", ApiScopes.WriteMaintenance).WithSummary("Post an update");
    }

    private static async Task<ListAnswer<MaintenanceAnswer>> ListAsync(
        [AsParameters] ListQuery query, [Description("Only windows of this page.")] int? statusPageId, [Description("Only windows of this status.")] string? status,
        [Description("Only windows that wait to start, or only all others.")] bool? upcoming, MaintenanceQueries windows, TimeProvider time,
        CancellationToken cancellationToken)
    {
        query.ThrowIfInvalid();
        var check = new FieldCheck();
        var known = check.Word<MaintenanceStatus>(status, "status", MaintenanceStatuses.TryParse, Words.MaintenanceStatuses);
        check.ThrowIfInvalid();
        var filter = new MaintenanceFilter(statusPageId, known, upcoming, time.GetUtcNow().UtcDateTime, query.Before);
        return query.Found(await windows.NewestAsync(filter, query.Size + 1, cancellationToken), w => w.Row.Id, MaintenanceAnswer.Of);
    }

    private static async Task<IResult> GetAsync(int id, HttpContext http, MaintenanceQueries windows) => Shown(http, await FindAsync(id, windows));

    private static async Task<IResult> ScheduleAsync(
        MaintenanceBody body, HttpContext http, MaintenanceService service, MaintenanceQueries windows, StatusPageQueries pages)
    {
        var page = body.StatusPageId.Value is { } pageId ? await pages.PageAsync(pageId) : null;
        var check = new FieldCheck();
        var (starts, ends) = (check.Clock(body.ScheduledStartTime.Value, "scheduledStartTime", page?.TimeZone), check.Clock(body.ScheduledEndTime.Value, "scheduledEndTime", page?.TimeZone));
        check.ThrowIfInvalid();
        var id = await service.ScheduleAsync(new MaintenanceInput(
            body.StatusPageId.Value, body.Title.Value, body.Description.Value, body.ComponentIds.Value ?? [], starts.Local, ends.Local, starts.Which, ends.Which,
            body.Rule.Value, body.DoNotNotify.Value == true, RemindBefore: Minutes(body.RemindBeforeMinutes.Value), StartsAutomatically: body.AutoStart.Value ?? true));
        var window = await FindAsync(id, windows);
        return http.Made($"/maintenance/{id}", MaintenanceAnswer.Of(window), window.Row.Version);
    }

    private static Task<IResult> UpdateAsync(int id, MaintenanceBody body, HttpContext http, MaintenanceService service, MaintenanceQueries windows) =>
        ChangeAsync(id, http, windows, row =>
        {
            var check = new FieldCheck();
            check.Require(body.StatusPageId.Or(row.StatusPageId) == row.StatusPageId, "statusPageId", "Maintenance stays on its page.");
            check.Require(!body.Rule.IsGiven || (body.Rule.Value ?? "") == (row.Rule ?? ""), "rule", "A rule is taken only when maintenance is scheduled.");
            var starts = check.Clock(body.ScheduledStartTime.Value ?? Times.Text(row.Start), "scheduledStartTime", row.TimeZone);
            var ends = check.Clock(body.ScheduledEndTime.Value ?? Times.Text(row.End), "scheduledEndTime", row.TimeZone);
            check.ThrowIfInvalid();
            var input = new MaintenanceInput(
                row.StatusPageId, body.Title.Or(row.Title), body.Description.Or(row.Message), body.ComponentIds.Or(row.ComponentIds) ?? [], starts.Local, ends.Local,
                starts.Which, ends.Which, DoNotNotify: body.DoNotNotify.Value == true, AllFollowing: body.AllFollowing.Value == true,
                RemindBefore: body.RemindBeforeMinutes.IsGiven ? Minutes(body.RemindBeforeMinutes.Value) : row.RemindBefore,
                StartsAutomatically: body.AutoStart.Value ?? row.StartsAutomatically);
            return row.Status == MaintenanceStatus.InProgress && MovesEndOnly(row, input, starts.Utc)
                ? service.ExtendAsync(id, row.Version, ends.Local, ends.Which, input.DoNotNotify)
                : service.RescheduleAsync(id, row.Version, input);
        });

    private static Task<IResult> StartAsync(int id, MaintenanceStepBody? body, HttpContext http, MaintenanceService service, MaintenanceQueries windows)
    {
        var check = new FieldCheck();
        check.Require(string.IsNullOrEmpty(body?.Message), "message", "A start has no message of its own. Post an update.");
        check.ThrowIfInvalid();
        return ChangeAsync(id, http, windows, row => service.StartNowAsync(id, row.Version, body?.DoNotNotify == true));
    }

    private static Task<IResult> CompleteAsync(int id, MaintenanceStepBody? body, HttpContext http, MaintenanceService service, MaintenanceQueries windows) =>
        ChangeAsync(id, http, windows, row => service.CompleteNowAsync(
            id, row.Version, new MaintenanceCompleteInput(body?.Message, body?.DoNotNotify == true), http.Actor()));

    private static Task<IResult> CancelAsync(int id, MaintenanceStepBody? body, HttpContext http, MaintenanceService service, MaintenanceQueries windows) =>
        ChangeAsync(id, http, windows, row => service.CancelAsync(
            id, row.Version, new MaintenanceCancelInput(body?.Message, Notify: body?.DoNotNotify != true), http.Actor()));

    private static Task<IResult> PostUpdateAsync(int id, MaintenanceStepBody body, HttpContext http, MaintenanceService service, MaintenanceQueries windows) =>
        ChangeAsync(id, http, windows, _ => service.PostUpdateAsync(id, new MaintenanceUpdateInput(body.Message, body.DoNotNotify == true), http.Actor()));

    private static async Task<IResult> DeleteAsync(int id, HttpContext http, MaintenanceService service, MaintenanceRemoval removal, MaintenanceQueries windows)
    {
        await http.ChangeAsync<MaintenanceWindow, MaintenanceRow>(
            What, id, () => windows.FindAsync(id), row => row.Version,
            row => row.Status == MaintenanceStatus.Scheduled ? service.CancelAsync(id, row.Version) : removal.RemoveAsync(id, row.Version));
        return Results.NoContent();
    }

    /// <summary>Of a window in progress only the end is its own still. Everything else is refused as the form would.</summary>
    private static bool MovesEndOnly(MaintenanceRow row, MaintenanceInput input, DateTime? starts) =>
        input.Title == row.Title && input.Message == row.Message && starts == row.Start && input.StartsAutomatically == row.StartsAutomatically
        && input.RemindBefore == row.RemindBefore && !input.AllFollowing && input.ComponentIds.ToHashSet().SetEquals(row.ComponentIds);

    private static TimeSpan? Minutes(int? minutes) => minutes is { } count ? TimeSpan.FromMinutes(count) : null;

    private static async Task<IResult> ChangeAsync(int id, HttpContext http, MaintenanceQueries windows, Func<MaintenanceRow, Task> change)
    {
        await http.ChangeAsync<MaintenanceWindow, MaintenanceRow>(What, id, () => windows.FindAsync(id), row => row.Version, change);
        return Shown(http, await FindAsync(id, windows));
    }

    private static async Task<MaintenanceDetail> FindAsync(int id, MaintenanceQueries windows) => await windows.FindWholeAsync(id) ?? throw new NotFoundException(What);

    private static IResult Shown(HttpContext http, MaintenanceDetail window) => http.One(MaintenanceAnswer.Of(window), window.Row.Version);
}
