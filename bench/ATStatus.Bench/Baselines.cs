using System.Net.Http.Headers;
using ATStatus.Core.Events;
using Hangfire;
using Hangfire.InMemory;

namespace ATStatus.Bench;

/// <summary>The POST of the baselines: the same bytes and headers, the signature not computed.</summary>
internal static class BarePost
{
    private static readonly HttpClient Client = new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, ActivityHeadersPropagator = null });
    private static readonly byte[] Body = EventPayload.Write(
        EventType.ComponentCreated, new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc), new StatusPageRef(1, "Main Status", "main"),
        new ComponentData(4711, "Part 4711", null, ComponentStatus.Operational, 100m));

    public static async Task SendAsync(Uri url)
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
}

/// <summary>A loop of POSTs, or several loops at once.</summary>
internal sealed class LoopBaseline(Uri url, int atOnce) : Scenario
{
    public override int Portion => 20_000;

    public override Task SendAsync(int count)
    {
        var left = count;
        return Task.WhenAll(Enumerable.Range(0, atOnce).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
                await BarePost.SendAsync(url);
        })));
    }

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

/// <summary>A Hangfire job for each POST, with Hangfire's own settings and the product's storage and number of workers.</summary>
internal sealed class HangfireBaseline : Scenario
{
    private static Uri _url = null!;
    private static int _done;

    private readonly BackgroundJobClient _client;
    private readonly BackgroundJobServer _server;

    public HangfireBaseline(Uri url)
    {
        _url = url;
        var storage = new InMemoryStorage();
        GlobalConfiguration.Configuration.UseStorage(storage);
        _client = new BackgroundJobClient(storage);
        _server = new BackgroundJobServer(new BackgroundJobServerOptions { WorkerCount = Throughput.Workers }, storage);
    }

    public override async Task SendAsync(int count)
    {
        Volatile.Write(ref _done, 0);
        for (var i = 0; i < count; i++)
        {
            var id = i;
            _client.Enqueue<PostJob>(job => job.RunAsync(id));
        }
        while (Volatile.Read(ref _done) < count)
            await Task.Delay(5);
    }

    public override ValueTask DisposeAsync()
    {
        _server.Dispose();
        return ValueTask.CompletedTask;
    }

    public sealed class PostJob
    {
#pragma warning disable CA1822 // Hangfire makes an instance.
        public async Task RunAsync(long id)
#pragma warning restore CA1822
        {
            _ = id;
            await BarePost.SendAsync(_url);
            Interlocked.Increment(ref _done);
        }
    }
}
