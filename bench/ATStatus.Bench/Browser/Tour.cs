using System.Globalization;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Bench.Browser;

/// <summary>Something that an operator does, from the overview on.</summary>
/// <param name="Name">What.</param>
/// <param name="Prepare">Brings about, through the API, what the task needs.</param>
/// <param name="Do">Does it, and waits until it is done.</param>
/// <param name="InLarge">In a console with much in it.</param>
internal sealed record TourTask(string Name, Func<TourConsole, Task>? Prepare, Func<Operator, TourConsole, Task> Do, bool InLarge = false);

/// <summary>A console for the tour: a page with six components, or the content of a large one.</summary>
internal sealed class TourConsole(ConsoleSite site, LoopbackReceiver receiver, int statusPage, bool isOther)
{
    private int _number;

    public ConsoleSite Site => site;

    /// <summary>Answers 200.</summary>
    public LoopbackReceiver Receiver => receiver;

    public int StatusPage => statusPage;

    /// <summary>Another build than this one.</summary>
    public bool IsOther => isOther;

    /// <summary>The number of what the task is about, as its preparation left it.</summary>
    public int Subject { get; set; }

    /// <summary>Its name.</summary>
    public string Name { get; set; } = "";

    /// <summary>A name that nothing else has.</summary>
    public string Unique(string text) => string.Create(CultureInfo.InvariantCulture, $"{text} {++_number}");
}

/// <summary>How much each task of an operator takes: presses, keys and seconds, in this build and, beside it, in another.</summary>
internal static class Tour
{
    public static async Task<int> RunAsync(int rounds, string? other)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await Chromium.LaunchAsync(playwright);
        var results = new List<Dictionary<string, Effort>>();
        foreach (var program in other is null ? (string?[])[null] : [null, other])
            results.Add(await WalkAsync(browser, program, rounds));
        Console.WriteLine($"Clicks, key presses, characters of texts, seconds (of them waiting), medians of {rounds}");
        Console.WriteLine($"{"task",-58}{"now",-28}{(other is null ? "" : "other build")}");
        foreach (var task in TourTasks.All)
            Console.WriteLine($"{task.Name,-58}{string.Concat(results.Select(r => $"{r.GetValueOrDefault(task.Name)?.ToString() ?? "—",-28}"))}");
        return 0;
    }

    private static async Task<Dictionary<string, Effort>> WalkAsync(IBrowser browser, string? program, int rounds)
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var failing = LoopbackReceiver.Start(ScriptedResponse.Status(500, "The database is not there."));
        var efforts = new Dictionary<string, Effort>();
        foreach (var large in (bool[])[false, true])
        {
            await using var site = await ConsoleSite.StartAsync(browser, program);
            var page = large
                ? await ConsoleContent.FillAsync(site, ConsoleSize.Full with { Deliveries = 0 }, receiver)
                : await TourTasks.FillAsync(site, receiver, failing);
            var console = new TourConsole(site, receiver, page, program is not null);
            foreach (var task in TourTasks.All.Where(task => task.InLarge == large))
                if (await EffortAsync(task, console, rounds) is { } effort)
                    efforts[task.Name] = effort;
        }
        return efforts;
    }

    private static async Task<Effort?> EffortAsync(TourTask task, TourConsole console, int rounds)
    {
        var efforts = new List<Effort>();
        for (var round = 0; round < rounds; round++)
        {
            try
            {
                if (task.Prepare is not null)
                    await task.Prepare(console);
                await console.Site.OpenAsync("admin");
                // Earlier builds had no shortcuts, and no list of them.
                var hand = new Operator(console.Site.Page, !console.IsOther || await console.Site.Page.Locator("#shortcuts").CountAsync() > 0);
                await task.Do(hand, console);
                efforts.Add(new Effort(hand.Clicks, hand.Keys, hand.Characters, hand.Seconds, hand.Waited));
            }
            catch (Exception error) when (error is PlaywrightException or TimeoutException)
            {
                // Another build may not be able to do it.
                Console.Error.WriteLine($"{task.Name}: {error.Message}");
                if (Environment.GetEnvironmentVariable("ATSTATUS_BENCH_SCREENS") is { } folder)
                    await console.Site.Page.ScreenshotAsync(new() { Path = Path.Combine(folder, $"{task.Name}.png"), FullPage = true });
                return null;
            }
        }
        return efforts.OrderBy(effort => effort.Seconds).ElementAt(efforts.Count / 2);
    }

    private sealed record Effort(int Clicks, int Keys, int Characters, double Seconds, double Waited)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Clicks,3}{Keys,5}{Characters,5}{Seconds,7:F1} s ({Waited:F1})");
    }
}
