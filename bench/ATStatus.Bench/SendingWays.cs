using System.Diagnostics;
using System.Net.Http.Headers;
using ATStatus.Core.Events;
using Hangfire;
using Hangfire.InMemory;

namespace ATStatus.Bench;

/// <summary>The ways to bring POSTs to a receiver that <see cref="Throughput"/> compares.</summary>
internal static class SendingWays
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });
    private static readonly byte[] Body = EventPayload.Write(
        EventType.ComponentCreated, new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc), new StatusPageRef(1, "Main Status", "main"),
        new ComponentData(4711, "Part 4711", null, ComponentStatus.Operational, 100m));

    private static int _done;

    /// <summary>The same POST as the product's, without a signature.</summary>
    public static async Task PostAsync(Uri url)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ByteArrayContent(Body) };
        message.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        message.Headers.TryAddWithoutValidation("User-Agent", "ATStatus-Webhook/1.0");
        message.Headers.TryAddWithoutValidation("X-Webhook-Event", "component.created");
        message.Headers.TryAddWithoutValidation("X-Webhook-Signature", "0000000000000000000000000000000000000000000000000000000000000000");
        message.Headers.TryAddWithoutValidation("X-Request-ID", Guid.NewGuid().ToString());
        using var response = await Client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
    }

    public static async Task<double> BareAsync(Uri url, int count, int atOnce)
    {
        await LoopAsync(count / 2);
        var watch = Stopwatch.StartNew();
        await LoopAsync(count);
        return watch.Elapsed.TotalSeconds;

        Task LoopAsync(int total)
        {
            var left = total;
            return Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
            {
                while (Interlocked.Decrement(ref left) >= 0)
                    await PostAsync(url);
            })));
        }
    }

    public sealed class PostJob
    {
        public static Uri Url { get; set; } = null!;

#pragma warning disable CA1822 // Hangfire makes an instance.
        public async Task RunAsync(long id)
#pragma warning restore CA1822
        {
            _ = id;
            await PostAsync(Url);
            Interlocked.Increment(ref _done);
        }
    }

    public static async Task<double> HangfireAsync(Uri url, int count)
    {
        PostJob.Url = url;
        var storage = new InMemoryStorage();
        GlobalConfiguration.Configuration.UseStorage(storage);
        var client = new BackgroundJobClient(storage);
        using var server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = Throughput.Workers }, storage);
        await LoopAsync(count / 2);
        var watch = Stopwatch.StartNew();
        await LoopAsync(count);
        return watch.Elapsed.TotalSeconds;

        async Task LoopAsync(int total)
        {
            Volatile.Write(ref _done, 0);
            for (var i = 0; i < total; i++)
            {
                var id = i;
                client.Enqueue<PostJob>(job => job.RunAsync(id));
            }
            while (Volatile.Read(ref _done) < total)
                await Task.Delay(5);
        }
    }

    /// <summary>The product. Rows can be put into its log before.</summary>
    public static async Task<double> WholeAsync(Uri url, int count, int rows)
    {
        await using var console = await ConsoleUnderTest.StartAsync($"--Webhooks:Workers={Throughput.Workers}");
        for (var i = 0; i < Throughput.Notifications; i++)
            await console.NotificationAsync($"Bench {i}", url, EventType.ComponentCreated);
        if (rows > 0)
            await console.FillAsync(rows);
        var saved = 0;
        await LoopAsync(count / 2);
        var watch = Stopwatch.StartNew();
        await LoopAsync(count);
        return watch.Elapsed.TotalSeconds;

        async Task LoopAsync(int total)
        {
            var until = saved + total;
            for (; saved < until; saved += Throughput.Notifications)
                await console.ComponentAsync($"Part {saved}");
            while (await console.UnsettledAsync() > 0)
                await Task.Delay(10);
        }
    }
}
