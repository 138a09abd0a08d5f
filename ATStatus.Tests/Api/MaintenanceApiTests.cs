using System.Globalization;
using System.Net;
using ATStatus.Core.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Api;

/// <summary>Maintenance as a script schedules and carries it out.</summary>
public sealed class MaintenanceApiTests : ApiTest
{
    private int _page;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        _page = (await PostAsync("statuspages", new { name = "Main", timeZone = "Europe/Berlin" })).Is(HttpStatusCode.Created).Id;
    }

    [Fact]
    public async Task A_window_is_scheduled_moved_started_and_completed()
    {
        var db = await AddComponentAsync(_page, "Database");
        var made = (await PostAsync("maintenance", new
        {
            title = "Upgrade",
            description = "Short breaks.",
            statusPageId = _page,
            scheduledStartTime = In(2),
            scheduledEndTime = In(3),
            componentIds = new[] { db },
            autoStart = false,
        })).Is(HttpStatusCode.Created);
        Assert.Equal(("scheduled", In(2), In(3), false), (made.Text("status"), made.Text("scheduledStartTime"), made.Text("scheduledEndTime"), (bool)made["autoStart"]!));
        Assert.Single(made.EventIds);
        var moved = (await PatchAsync($"maintenance/{made.Id}", new { scheduledEndTime = In(4), remindBeforeMinutes = 30 })).Is(HttpStatusCode.OK);
        Assert.Equal((In(2), In(4), 30), (moved.Text("scheduledStartTime"), moved.Text("scheduledEndTime"), (int)moved["remindBeforeMinutes"]!));
        Assert.Empty((await PatchAsync($"maintenance/{made.Id}", moved.Body!.ToJsonString())).Is(HttpStatusCode.OK).EventIds);
        (await PostAsync($"maintenance/{made.Id}/complete")).Is(HttpStatusCode.Conflict);

        var started = (await PostAsync($"maintenance/{made.Id}/start")).Is(HttpStatusCode.OK);
        Assert.Equal("in_progress", started.Text("status"));
        Assert.Equal(2, started.EventIds.Count);
        Assert.Equal("maintenance", (await GetAsync($"components/{db}")).Is(HttpStatusCode.OK).Text("status"));
        (await PostAsync($"maintenance/{made.Id}/cancel")).Is(HttpStatusCode.Conflict);
        (await DeleteAsync($"maintenance/{made.Id}")).Is(HttpStatusCode.Conflict);
        (await PatchAsync($"maintenance/{made.Id}", new { title = "Other" })).Is(HttpStatusCode.Conflict);
        Assert.Single((await PatchAsync($"maintenance/{made.Id}", new { scheduledEndTime = In(5) })).Is(HttpStatusCode.OK).EventIds);
        Assert.Single((await PostAsync($"maintenance/{made.Id}/updates", new { message = "Half done." })).Is(HttpStatusCode.OK).EventIds);

        var done = (await PostAsync($"maintenance/{made.Id}/complete", new { message = "All well." })).Is(HttpStatusCode.OK);
        Assert.Equal(("completed", 2), (done.Text("status"), done.EventIds.Count));
        Assert.Equal(["All well.", "Half done."], done["updates"]!.AsArray().Select(u => (string)u!["message"]!));
        Assert.Equal("operational", (await GetAsync($"components/{db}")).Is(HttpStatusCode.OK).Text("status"));
        (await DeleteAsync($"maintenance/{made.Id}")).Is(HttpStatusCode.NoContent);
        (await GetAsync($"maintenance/{made.Id}")).Is(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task A_window_is_cancelled_with_a_word_or_without()
    {
        var (told, silent) = (await ScheduleAsync(), await ScheduleAsync());
        var cancelled = (await PostAsync($"maintenance/{told}/cancel", new { message = "Not needed." })).Is(HttpStatusCode.OK);
        Assert.Equal(("cancelled", 1), (cancelled.Text("status"), cancelled.EventIds.Count));
        Assert.Empty((await DeleteAsync($"maintenance/{silent}")).Is(HttpStatusCode.NoContent).EventIds);
        Assert.Equal("cancelled", (await GetAsync($"maintenance/{silent}")).Is(HttpStatusCode.OK).Text("status"));
        Assert.Equal([told, silent], (await IdsAsync("maintenance?status=cancelled")).Order());
        var next = await ScheduleAsync();
        Assert.Equal([next], await IdsAsync("maintenance?upcoming=true"));
        var running = await ScheduleAsync();
        (await PostAsync($"maintenance/{running}/start")).Is(HttpStatusCode.OK);
        var late = await ScheduleAsync();
        await using (var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop))
        {
            // Its start has come, and nobody has started it.
            var past = DateTime.UtcNow.AddHours(-1);
            await db.MaintenanceWindows.Where(w => w.Id == late).ExecuteUpdateAsync(
                row => row.SetProperty(w => w.Start, past).SetProperty(w => w.StartsAutomatically, false), Stop);
        }
        Assert.Equal([next], await IdsAsync("maintenance?upcoming=true"));
        Assert.Equal([late, running, silent, told], await IdsAsync("maintenance?upcoming=false"));
        Assert.Equal([late, running, next, silent, told], await IdsAsync("maintenance"));
        (await PostAsync($"maintenance/{late}/cancel")).Is(HttpStatusCode.OK);
        Assert.Equal([next], await IdsAsync($"maintenance?status=scheduled&statusPageId={_page}"));
    }

    [Fact]
    public async Task A_window_at_a_time_that_comes_twice_is_the_one_that_was_sent()
    {
        // 25 October 2026 in Berlin: 02:30 comes at 00:30Z and again at 01:30Z.
        foreach (var start in (string[])["2027-10-31T00:30:00Z", "2027-10-31T01:30:00Z"])
        {
            var made = (await PostAsync("maintenance", new
            {
                title = "Night",
                description = "Work.",
                statusPageId = _page,
                scheduledStartTime = start,
                scheduledEndTime = "2027-10-31T03:00:00Z",
                rule = "30 2 * * 0",
            })).Is(HttpStatusCode.Created);
            Assert.Equal((start, "30 2 * * 0"), (made.Text("scheduledStartTime"), made.Text("rule")));
        }
    }

    [Fact]
    public async Task What_is_wrong_has_the_names_of_the_body()
    {
        Assert.Equal(
            ["description", "scheduledEndTime", "scheduledStartTime", "statusPageId", "title"],
            (await PostAsync("maintenance", new { })).Is(HttpStatusCode.UnprocessableEntity).Errors.Order());
        Assert.Equal(["scheduledEndTime"], (await PostAsync("maintenance", new
        {
            title = "T",
            description = "D",
            statusPageId = _page,
            scheduledStartTime = In(2),
            scheduledEndTime = In(1),
        })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        Assert.Equal(["rule"], (await PatchAsync($"maintenance/{await ScheduleAsync()}", new { rule = "0 2 * * 0" })).Is(HttpStatusCode.UnprocessableEntity).Errors);
        var preview = (await PostAsync("maintenance?preview=true", new
        {
            title = "T",
            description = "D",
            statusPageId = _page,
            scheduledStartTime = In(2),
            scheduledEndTime = In(3),
        })).Is(HttpStatusCode.OK);
        Assert.Equal("maintenance.scheduled", (string)preview["events"]![0]!["event"]!);
        Assert.Single(await IdsAsync("maintenance"));
    }

    private async Task<int> ScheduleAsync() => (await PostAsync("maintenance", new
    {
        title = "Upgrade",
        description = "Short breaks.",
        statusPageId = _page,
        scheduledStartTime = In(2),
        scheduledEndTime = In(3),
    })).Is(HttpStatusCode.Created).Id;

    private static string In(int hours) => DateTime.UtcNow.Date.AddDays(2).AddHours(hours).ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private async Task<IEnumerable<int>> IdsAsync(string path) => (await GetAsync(path)).Is(HttpStatusCode.OK)["data"]!.AsArray().Select(i => (int)i!["id"]!);
}
