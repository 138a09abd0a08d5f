using System.Globalization;
using System.Text.Json;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Bench.Browser;

/// <summary>How long each page of the console takes to show its content, in a console with one of each thing and in one with much.</summary>
internal static class PageLoads
{
    private const double MostRatio = 2;
    private const int MostNodes = 4_000;
    private const int MostHeight = 3_000;

    public static async Task<int> RunAsync(int rounds)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        await using var receiver = LoopbackReceiver.Start();
        await using var empty = await ConsoleSite.StartAsync(browser);
        await ConsoleContent.FillAsync(empty, ConsoleSize.Empty, receiver);
        await using var full = await ConsoleSite.StartAsync(browser);
        await ConsoleContent.FillAsync(full, ConsoleSize.Full, receiver);

        var (emptyPages, fullPages) = (await PagesAsync(empty), await PagesAsync(full));
        // A walk through all of them first, after which both programs are compiled alike: filling the one has warmed it up more.
        foreach (var ((_, emptyPath), (_, fullPath)) in emptyPages.Zip(fullPages))
        {
            await empty.OpenAsync(emptyPath);
            await full.OpenAsync(fullPath);
        }
        Console.WriteLine($"From the navigation to the content, medians of {rounds} loads of each, in turns; the ratio is that of a round");
        Console.WriteLine($"{"page",-30}{"ms empty",9}{"ms full",9}{"ratio",7}{"nodes",7}{"height",7}");
        var lines = new List<(string Name, double Ratio)>();
        foreach (var ((name, emptyPath), (_, fullPath)) in emptyPages.Zip(fullPages))
        {
            var (emptyTimes, fullTimes) = (new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                if (round % 2 == 0)
                    emptyTimes.Add(await empty.OpenAsync(emptyPath));
                fullTimes.Add(await full.OpenAsync(fullPath));
                if (round % 2 == 1)
                    emptyTimes.Add(await empty.OpenAsync(emptyPath));
            }
            var (nodes, height) = await PageContent.SizeAsync(full.Page);
            var (before, after) = (Figures.Median(emptyTimes), Figures.Median(fullTimes));
            // Of the two loads of a round, which meet the same noise.
            var ratio = Figures.Median(emptyTimes.Zip(fullTimes, (one, other) => other / one));
            string?[] marks = [ratio > MostRatio ? "slow" : null, nodes > MostNodes ? "large" : null, height > MostHeight ? "high" : null];
            Figures.Print($"{name,-30}{before,9:F0}{after,9:F0}{ratio,7:F2}{nodes,7}{height,7}  {string.Join(", ", marks.OfType<string>())}");
            lines.Add((name, ratio));
        }
        foreach (var (name, ratio) in lines)
            Figures.Line($"pages {name}", ratio);
        return 0;
    }

    /// <summary>Every page of the console, with the newest of each thing.</summary>
    private static async Task<List<(string Name, string Path)>> PagesAsync(ConsoleSite site)
    {
        var component = await NewestAsync("components");
        var incident = await NewestAsync("incidents?status=open");
        var window = await NewestAsync("maintenance?upcoming=false");
        var notification = await NewestAsync("notifications");
        var delivery = await NewestAsync("deliveries?event=incident.updated");
        var evented = (await site.GetAsync($"deliveries/{delivery}")).GetProperty("eventId").GetInt64();
        return
        [
            ("overview", "admin"), ("status pages", "admin/status-pages"), ("status page", "admin/status-pages/1"), ("components", "admin/components"),
            ("component", $"admin/components/{component}"), ("incidents", "admin/incidents"), ("new incident", "admin/incidents/new"),
            ("incident", $"admin/incidents/{incident}"), ("incident templates", "admin/incidents/templates"), ("maintenance", "admin/maintenance"),
            ("maintenance window", $"admin/maintenance/{window}"), ("schedule maintenance", "admin/maintenance/new"),
            ("notifications", "admin/notifications"), ("add notification", "admin/notifications/new"),
            ("notification", $"admin/notifications/{notification}"), ("notification deliveries", $"admin/notifications/{notification}/deliveries"),
            ("notification statistics", $"admin/notifications/{notification}/statistics"),
            ("notification recover", $"admin/notifications/{notification}/recover"),
            ("notification receivers", $"admin/notifications/{notification}/receivers"),
            ("notification edit", $"admin/notifications/{notification}/edit"), ("deliveries", "admin/deliveries"),
            ("delivery", $"admin/deliveries/{delivery}"), ("event", $"admin/events/{evented}"), ("test receiver", "admin/test-receiver"),
            ("users", "admin/users"), ("audit log", "admin/audit"), ("API keys", "admin/api-keys"), ("settings", "admin/settings"),
            ("account", "account"),
        ];

        async Task<string> NewestAsync(string list) =>
            (await site.GetAsync(list)).First().Number().ToString(CultureInfo.InvariantCulture);
    }
}

/// <summary>Parts of the API's answers.</summary>
internal static class Answers
{
    /// <summary>The first of a list.</summary>
    public static JsonElement First(this JsonElement list) => list.GetProperty("data")[0];

    public static long Number(this JsonElement item) => item.GetProperty("id").GetInt64();
}
