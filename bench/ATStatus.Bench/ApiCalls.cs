using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using ATStatus.Core.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;

namespace ATStatus.Bench;

/// <summary>
/// Incidents opened through the REST API, over a real connection with a key, against the same incidents opened through the service behind
/// it. No notification is subscribed: what is compared is the way in.
/// </summary>
internal static class ApiCalls
{
    private const int AtOnce = 8;

    public static async Task<int> RunAsync(int count, int rounds)
    {
        await using var console = await ConsoleUnderTest.StartAsync("--Api:RequestsPerMinute=never");
        var service = console.Get<IncidentService>();
        using var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = console.Address };
        var key = await console.Get<ApiKeyService>().CreateAsync(
            new ApiKeyInput("bench", [ApiScopes.WriteIncidents], ApiKeyExpiry.Never), new Actor("bench"));
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key.Text);

        foreach (var callers in (int[])[1, AtOnce])
        {
            await RateAsync(count, callers, PostAsync);
            await RateAsync(count, callers, SaveAsync);
            var (posts, saves) = (new List<double>(), new List<double>());
            for (var round = 0; round < rounds; round++)
            {
                posts.Add(await RateAsync(count, callers, PostAsync));
                saves.Add(await RateAsync(count, callers, SaveAsync));
            }
            var (post, save) = (Figures.Median(posts), Figures.Median(saves));
            Figures.Print($"POST /api/v1/incidents, {callers} at once: {post:F0} a second; the service: {save:F0} a second");
            Figures.Line($"post / service, {callers} at once", post / save);
        }
        return 0;

        async Task PostAsync()
        {
            using var answer = await client.PostAsJsonAsync(
                "api/v1/incidents", new { title = "Bench", statusPageId = console.Page, message = "Bench." });
            answer.EnsureSuccessStatusCode();
        }

        Task SaveAsync() => service.CreateAsync(
            new IncidentInput(console.Page, "Bench", IncidentSeverity.Minor, IncidentStatus.Investigating, "Bench.", []),
            new Actor("bench"));
    }

    /// <summary>Calls a second.</summary>
    private static async Task<double> RateAsync(int count, int callers, Func<Task> call)
    {
        var left = count;
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await call();
        })));
        return count / watch.Elapsed.TotalSeconds;
    }
}
