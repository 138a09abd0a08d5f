using ATStatus.Core.Events;

namespace ATStatus.Bench;

/// <summary>The product: saved, queued, signed, sent, attempt recorded. Delivered rows can be put into its log before.</summary>
internal sealed class Product : Scenario
{
    private readonly ConsoleUnderTest _console;
    private readonly int _notifications;
    private int _saved;

    private Product(ConsoleUnderTest console, int notifications) => (_console, _notifications) = (console, notifications);

    /// <summary>Saves follow one another, each with a flush to the disk: few of them where each is few deliveries.</summary>
    public override int Portion => Math.Min(5_000, 200 * _notifications);

    /// <summary>Starts it on a fresh database.</summary>
    /// <param name="url">The receiver.</param>
    /// <param name="notifications">How many deliveries an event has.</param>
    /// <param name="rows">How many delivered rows are in the log before.</param>
    public static async Task<Product> StartAsync(Uri url, int notifications, int rows = 0)
    {
        var console = await ConsoleUnderTest.StartAsync($"--Webhooks:Workers={Throughput.Workers}");
        await console.NotificationsAsync(notifications, url, EventType.ComponentCreated);
        if (rows > 0)
            await console.FillAsync(rows);
        return new Product(console, notifications);
    }

    public override async Task SendAsync(int count)
    {
        for (var until = _saved + count; _saved < until; _saved += _notifications)
            await _console.ComponentAsync($"Part {_saved}");
        await _console.SettledAsync();
    }

    public override ValueTask DisposeAsync() => _console.DisposeAsync();
}
