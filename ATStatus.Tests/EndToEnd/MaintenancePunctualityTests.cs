using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The program's own clock, on real time: a window starts and completes by itself within five seconds of when it is due.</summary>
public sealed class MaintenancePunctualityTests
{
    private static readonly TimeSpan Late = TimeSpan.FromSeconds(5);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_window_starts_and_completes_by_itself_in_time()
    {
        await using var app = await ConsoleApp.StartAsync();
        await app.Services.GetRequiredService<SampleData>().LoadAsync(Stop);
        var page = (await app.Services.GetRequiredService<StatusPageQueries>().PagesAsync(cancellationToken: Stop))[0];
        var start = DateTime.UtcNow.AddSeconds(2);
        var end = start.AddSeconds(3);
        await app.Services.GetRequiredService<MaintenanceService>().ScheduleAsync(
            new MaintenanceInput(page.Id, "Upgrade", "Short stops.", [1], start, end), Stop);

        var done = await DoneAsync(app);

        Assert.InRange(done[EventType.MaintenanceStarted], start.AddSeconds(-1), start + Late);
        Assert.InRange(done[EventType.MaintenanceCompleted], end.AddSeconds(-1), end + Late);
    }

    private static async Task<Dictionary<EventType, DateTime>> DoneAsync(ConsoleApp app)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            await using var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(limit.Token);
            var events = await db.Events.AsNoTracking().Where(e => e.Type != EventType.ComponentStatusChanged).ToListAsync(limit.Token);
            if (events.Any(e => e.Type == EventType.MaintenanceCompleted))
                return events.ToDictionary(e => e.Type, e => e.OccurredAt);
            await Task.Delay(100, limit.Token);
        }
    }
}
