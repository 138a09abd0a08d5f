using System.Diagnostics;
using System.Net.Http.Headers;
using ATStatus.Admin.Hosting;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Hangfire;
using Hangfire.InMemory;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

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

    public static async Task<double> WholeAsync(Uri url, int count)
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-bench-").FullName;
        try
        {
            await using var app = AdminHost.Build(
            [
                $"--contentRoot={folder}", "--urls=http://127.0.0.1:0", "--environment=Development",
                "--Logging:LogLevel:Default=Warning", "--Admin:Email=bench@example.com", "--Admin:Password=only for this bench",
                $"--Webhooks:Workers={Throughput.Workers}",
            ]);
            await AdminHost.StartAsync(app);
            var services = app.Services;
            await services.GetRequiredService<SampleData>().LoadAsync();
            var page = (await services.GetRequiredService<StatusPageQueries>().PagesAsync())[0].Id;
            for (var i = 0; i < Throughput.Notifications; i++)
            {
                await services.GetRequiredService<NotificationService>().CreateAsync(new NotificationInput(
                    "webhook", $"Bench {i}", url.AbsoluteUri, "s3cret", false, [EventType.ComponentCreated], true, []));
            }
            var components = services.GetRequiredService<ComponentService>();
            var saved = 0;
            await LoopAsync(count / 2);
            var watch = Stopwatch.StartNew();
            await LoopAsync(count);
            var seconds = watch.Elapsed.TotalSeconds;
            await app.StopAsync();
            return seconds;

            async Task LoopAsync(int total)
            {
                var begun = Stopwatch.GetTimestamp();
                var until = saved + total;
                for (; saved < until; saved += Throughput.Notifications)
                    await components.CreateAsync(new ComponentInput(page, $"Part {saved}", ComponentStatus.Operational));
                Console.Error.WriteLine($"saved after {Stopwatch.GetElapsedTime(begun).TotalSeconds:F2} s");
                while (await UndeliveredAsync() > 0)
                    await Task.Delay(10);
            }

            async Task<int> UndeliveredAsync()
            {
                await using var db = await services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync();
                return await db.Deliveries.CountAsync(d =>
                    d.State == DeliveryState.Pending || d.State == DeliveryState.Sending || d.State == DeliveryState.Retrying);
            }
        }
        finally
        {
            SqliteConnection.ClearAllPools();
            Directory.Delete(folder, recursive: true);
        }
    }
}
