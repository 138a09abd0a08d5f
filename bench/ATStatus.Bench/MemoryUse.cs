using ATStatus.Core.Events;

namespace ATStatus.Bench;

/// <summary>What the process keeps: its memory after many deliveries against that after the first ten thousand.</summary>
internal static class MemoryUse
{
    private const int First = 10_000;
    private const int Step = 10_000;

    public static async Task<int> RunAsync(int count)
    {
        await using var receiver = await ReceiverProcess.StartAsync();
        await using var console = await ConsoleUnderTest.StartAsync($"--Webhooks:Workers={Throughput.Workers}");
        await console.NotificationsAsync(Throughput.Notifications, receiver.Url, EventType.ComponentCreated);
        var sent = 0;
        await SendAsync(First);
        var first = Measure();
        while (sent < count)
            await SendAsync(Math.Min(Step, count - sent));
        var last = Measure();
        Figures.Print($"Memory after {sent} deliveries against that after {First}, unused memory given back before each look");
        Figures.Line("memory", last / first);
        return 0;

        async Task SendAsync(int deliveries)
        {
            for (var until = sent + deliveries; sent < until; sent += Throughput.Notifications)
                await console.ComponentAsync($"Part {sent}");
            await console.SettledAsync();
        }

        double Measure()
        {
            var before = ProcessMemory.Current;
            var collected = ProcessMemory.Collected();
            var objects = GC.GetTotalMemory(forceFullCollection: false) / 1048576.0;
            Figures.Print(
                $"  after {sent} deliveries: {before:F0} MiB, {collected:F0} MiB once unused memory is given back, {objects:F0} MiB of objects");
            return collected;
        }
    }
}
