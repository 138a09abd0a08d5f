using System.Globalization;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Bench.Browser;

/// <summary>How much stands in a console.</summary>
internal sealed record ConsoleSize(
    int Groups, int PerGroup, int Notifications, int OpenIncidents, int ResolvedIncidents, int PastWindows, int ComingWindows, int Deliveries)
{
    /// <summary>One of each: every page has its frame.</summary>
    public static ConsoleSize Empty { get; } = new(1, 1, 1, 1, 0, 0, 1, 0);

    public static ConsoleSize Full { get; } = new(20, 10, 60, 10, 90, 30, 10, 5_000);
}

/// <summary>Fills a console through its REST API, and its log, which would take too long so, behind its back.</summary>
internal static class ConsoleContent
{
    private static readonly string[] Services =
    [
        "API", "Checkout", "Dashboard", "Search", "Uploads", "Webhooks", "Login", "Billing", "Reports", "Mobile app",
    ];

    private static readonly string[] Regions =
    [
        "Frankfurt", "Dublin", "London", "Paris", "Stockholm", "Milan", "Zurich", "Oregon", "Ohio", "Virginia", "Montreal", "São Paulo", "Mumbai",
        "Singapore", "Jakarta", "Sydney", "Tokyo", "Seoul", "Bahrain", "Cape Town",
    ];

    /// <summary>The name of a component, by group and by place in it.</summary>
    public static string Component(int group, int place) => $"{Services[place]} {Regions[group]}";

    public static string Notification(int number) => string.Create(CultureInfo.InvariantCulture, $"Team {number:00}");

    /// <returns>The status page's number.</returns>
    public static async Task<int> FillAsync(ConsoleSite site, ConsoleSize size, LoopbackReceiver receiver)
    {
        var page = await site.CreateAsync("statuspages", new { name = "Example Cloud", slug = "example-cloud", timeZone = "UTC" });
        var components = new List<int>();
        for (var group = 0; group < size.Groups; group++)
        {
            var groupId = await site.CreateAsync("component-groups", new { name = Regions[group], statusPageId = page });
            for (var place = 0; place < size.PerGroup; place++)
                components.Add(await site.CreateAsync("components", new { name = Component(group, place), statusPageId = page, groupId }));
        }

        var now = DateTime.UtcNow;
        for (var i = 0; i < size.ResolvedIncidents; i++)
            await IncidentAsync(i, now.AddDays(-i - 1), now.AddDays(-i - 1).AddHours(2));
        for (var i = 0; i < size.OpenIncidents; i++)
            await IncidentAsync(i, now.AddMinutes(-10 * i), null);
        for (var i = 0; i < size.PastWindows; i++)
        {
            var window = await WindowAsync(i, now.AddMinutes(-i - 1));
            await site.PostAsync($"maintenance/{window}/complete", new { });
        }
        for (var i = 0; i < size.ComingWindows; i++)
            await WindowAsync(i, i == 0 ? now : now.AddDays(i));
        for (var i = 0; i < size.Notifications; i++)
            await site.CreateAsync("notifications", Webhook(Notification(i), receiver));
        var newest = (await site.GetAsync("incidents?status=open&limit=1")).First().Number();
        await site.PostAsync($"incidents/{newest}/updates", new { status = "identified", message = "The cause is known." });
        await site.UntilAsync("deliveries?state=delivered&limit=200", list => list.GetProperty("data").GetArrayLength() >= size.Notifications);
        if (size.Deliveries > 0)
        {
            await using (var db = new SqliteAtStatusDbContext(
                new DbContextOptionsBuilder<SqliteAtStatusDbContext>().UseSqlite($"Data Source={site.DatabaseFile};Pooling=False").Options))
            {
                await LogFill.AppendAsync(db, size.Deliveries, now.AddSeconds(-size.Deliveries));
            }
            await site.RestartAsync();
        }
        return page;

        Task<int> IncidentAsync(int number, DateTime started, DateTime? ended) => site.CreateAsync("incidents", new
        {
            title = string.Create(CultureInfo.InvariantCulture, $"{Services[number % Services.Length]} answers slowly, case {number}"),
            statusPageId = page,
            impact = "minor",
            status = ended is null ? "investigating" : "resolved",
            message = "We are looking into it, and will write again within the hour.",
            componentIds = new[] { components[number % components.Count] },
            startedAt = ConsoleSite.Text(started),
            endedAt = ended is { } end ? ConsoleSite.Text(end) : null,
        });

        Task<int> WindowAsync(int number, DateTime start) => site.CreateAsync("maintenance", new
        {
            title = string.Create(CultureInfo.InvariantCulture, $"Database upgrade {number}"),
            description = "Short interruptions are possible.",
            statusPageId = page,
            scheduledStartTime = ConsoleSite.Text(start),
            scheduledEndTime = ConsoleSite.Text(start.AddHours(4)),
            componentIds = new[] { components[number % components.Count] },
        });
    }

    public static object Webhook(string name, LoopbackReceiver receiver, params string[] events) => new
    {
        type = "webhook",
        name,
        url = receiver.Url.AbsoluteUri,
        secret = "only for this bench",
        events = events.Length > 0 ? events : ["incident.created", "incident.updated", "incident.resolved"],
    };
}
