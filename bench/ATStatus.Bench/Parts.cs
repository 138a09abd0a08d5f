using System.Diagnostics;
using System.Globalization;
using ATStatus.Admin.Hosting.Jobs;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Bench;

/// <summary>
/// What each part of the way costs by itself, for one delivery: where to look when the whole is too slow. The saves and the store write
/// one after the other, so that the sum of their times is what bounds the rate.
/// </summary>
internal static class Parts
{
    private const int WarmUp = 12;
    private const int Rounds = 4;
    private const int Count = 4_000;

    /// <summary>How many claim, record or send at once.</summary>
    private const int AtOnce = 50;

    private static readonly KeyValuePair<string, string>[] Headers =
    [
        new("Content-Type", "application/json"), new("User-Agent", "ATStatus-Webhook/1.0"), new("X-Webhook-Event", "component.created"),
        new("X-Webhook-Signature", new string('0', 64)), new("X-Request-ID", new string('0', 36)),
    ];

    /// <summary>In a process of its own, against a receiver in this one, whose processor time is not the console's.</summary>
    public static async Task<int> RunAsync()
    {
        using var receiver = new BareReceiver();
        using var process = Process.Start(Environment.ProcessPath!, ["parts", receiver.Url.AbsoluteUri]);
        await process.WaitForExitAsync();
        return process.ExitCode;
    }

    /// <summary>The parts, one after the other.</summary>
    public static async Task<int> RunAsync(Uri receiver)
    {
        // Twice as many workers as are used: below half of them each notification may send as often as the slots allow.
        await using var console = await ConsoleUnderTest.StartAsync(FormattableString.Invariant($"--Webhooks:Workers={2 * AtOnce}"));
        for (var i = 0; i < Throughput.Notifications; i++)
            await console.NotificationAsync($"Bench {i}", receiver, EventType.ComponentCreated);
        var parts = new Dictionary<string, List<(double Cpu, double Wall)>>();

        await SaveAsync(console);
        while (await console.UnsettledAsync() > 0)
            await Task.Delay(40);
        var settled = await NextAsync(console, 0);
        for (var round = 0; round < WarmUp + Rounds; round++)
            await MeasureAsync("a Hangfire job that finds its delivery settled", () => HandOverAsync(console.Get<JobHandOver>(), settled));

        // From here on nobody runs the jobs.
        await console.Get<JobServers>().StopAsync(CancellationToken.None);
        var last = settled[^1];
        for (var round = 0; round < WarmUp + Rounds; round++)
        {
            await MeasureAsync("save", () => SaveAsync(console));
            var ids = await NextAsync(console, last);
            last = ids[^1];
            var claims = new Claim[ids.Count];
            await MeasureAsync("claim and record", () => ClaimAndRecordAsync(console, ids, claims));
            var transport = console.Get<DeliveryTransport>();
            await MeasureAsync("sign and send", () => EachAsync(ids.Count, i => transport.SendAsync(claims[i], CancellationToken.None)));
        }

        Console.WriteLine($"Parts: for one delivery, {Throughput.Notifications} notifications, {AtOnce} at once; means of {Rounds} rounds of {Count} after {WarmUp}");
        foreach (var (name, runs) in parts)
        {
            var measured = runs.Skip(WarmUp).ToList();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"  {name,-48} {measured.Average(m => m.Cpu),4:F0} µs CPU  {measured.Average(m => m.Wall),4:F0} µs by the clock"));
        }
        return 0;

        async Task MeasureAsync(string name, Func<Task> part)
        {
            var (watch, processor) = (Stopwatch.StartNew(), Environment.CpuUsage.TotalTime);
            await part();
            if (!parts.TryGetValue(name, out var runs))
                parts[name] = runs = [];
            runs.Add(((Environment.CpuUsage.TotalTime - processor).TotalMicroseconds / Count, watch.Elapsed.TotalMicroseconds / Count));
        }
    }

    private static async Task SaveAsync(ConsoleUnderTest console)
    {
        for (var i = 0; i < Count; i += Throughput.Notifications)
            await console.ComponentAsync($"Part {i}");
    }

    private static async Task<List<long>> NextAsync(ConsoleUnderTest console, long after)
    {
        await using var db = await console.Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync();
        return await db.Deliveries.Where(d => d.Id > after).OrderBy(d => d.Id).Select(d => d.Id).ToListAsync();
    }

    private static async Task HandOverAsync(JobHandOver jobs, List<long> ids)
    {
        // A few at a time, as queues do.
        foreach (var some in ids.Chunk(10))
            jobs.HandOver(some);
        // Seldom: to ask costs a look at each of them.
        while (jobs.Live().Count > 0)
            await Task.Delay(50);
    }

    private static Task ClaimAndRecordAsync(ConsoleUnderTest console, List<long> ids, Claim[] claims)
    {
        var (store, limiter) = (console.Get<DeliveryStore>(), console.Get<ConcurrencyLimiter>());
        return EachAsync(ids.Count, async i =>
        {
            claims[i] = ((ClaimResult.Claimed)await store.ClaimAsync(ids[i], "1")).Claim;
            await store.RecordAsync(claims[i], new SendResult
            {
                StartedAt = DateTimeOffset.UtcNow,
                Duration = TimeSpan.FromMilliseconds(3),
                StatusCode = 200,
                RequestHeaders = Headers,
                ResponseHeaders = Headers,
                ResponseBody = "ok",
            });
            limiter.LeaveOwn(ids[i]);
        });
    }

    private static Task EachAsync(int count, Func<int, Task> what)
    {
        var next = -1;
        return Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var i && i < count)
                await what(i);
        })));
    }
}
