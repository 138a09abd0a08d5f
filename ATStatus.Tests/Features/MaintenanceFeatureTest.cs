using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Maintenance;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.StatusPages;
using Bunit;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features;

/// <summary>The page of a window. The clock stands at 2026-01-14 12:00 UTC, 13:00 in Berlin.</summary>
public abstract class MaintenanceFeatureTest : FeatureTest
{
    protected static readonly DateTime Now = new(2026, 1, 14, 13, 0, 0, DateTimeKind.Unspecified);
    private int? _page;

    protected MaintenanceService Service => Get<MaintenanceService>();

    /// <summary>The status page of the windows.</summary>
    protected int PageId => _page!.Value;

    protected static string[] Names(IRenderedComponent<MaintenancePage> cut) =>
        [.. cut.FindAll("button").Select(button => button.TextContent.Trim())];

    protected IRenderedComponent<MaintenancePage> OpenPage(int id) => Open<MaintenancePage>(p => p.Add(page => page.Id, id));

    // Past what a form takes for the second click of a double click.
    protected void Wait(IRenderedComponent<MaintenancePage> cut)
    {
        Clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Empty(cut.FindAll("[role=alert]"));
    }

    protected List<string> Answer(bool answer)
    {
        var questions = new List<string>();
        Get<ConfirmService>().Asked += question =>
        {
            questions.Add(question.Title);
            question.Answer.SetResult(answer);
        };
        return questions;
    }

    protected MaintenanceInput Input(string title, DateTime start, string? rule = null) =>
        new(_page, title, "Short stops.", [], start, start.AddHours(2), Rule: rule);

    protected async Task<EventType> LastEventAsync(int id)
    {
        await using var db = await DbAsync();
        return (await db.Events.AsNoTracking().Where(e => e.SubjectId == id).OrderBy(e => e.Id).LastAsync(Stop)).Type;
    }

    protected async Task<int> AddAsync(string title, DateTime start, string? rule = null, bool startsAutomatically = true)
    {
        _page ??= await Get<StatusPageService>().CreateAsync(new StatusPageInput("Main Status", "main", TimeZone: "Europe/Berlin"), Stop);
        return await Service.ScheduleAsync(Input(title, start, rule) with { StartsAutomatically = startsAutomatically }, Stop);
    }

    protected async Task<MaintenanceRow> RowAsync(int id) => (await Get<MaintenanceQueries>().FindAsync(id, Stop))!;
}
