using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using ATStatus.Core.Events;
using ATStatus.Tests.Support;

namespace ATStatus.Bench;

/// <summary>What strangers cost who can only reach the sign-in page: memory for bodies that never end, time of saves and deliveries beside wrong passwords.</summary>
internal static partial class Strangers
{
    private const int Dripping = 60;
    private const int Guessing = 200;
    private const int AnnouncedBytes = 28_000_000;

    public static async Task<int> RunAsync(int count)
    {
        await using var console = await ConsoleUnderTest.StartAsync();
        await using var receiver = LoopbackReceiver.Start();
        using var clock = new CommitClock();
        await console.NotificationAsync("Bench", receiver.Url, EventType.IncidentCreated);
        await Latency.MeasureAsync(console, receiver, clock, 50, pause: 0);
        var alone = await Latency.MeasureAsync(console, receiver, clock, count, pause: 20);

        await DripAsync(console.Address, "as much as it takes, then a byte at a time", AnnouncedBytes);
        await DripAsync(console.Address, "a byte at a time", 8000, atOnce: 0);

        using var stop = new CancellationTokenSource();
        var answers = new int[600];
        var guessing = Enumerable.Range(0, Guessing).Select(_ => GuessAsync(console.Address, answers, stop.Token)).ToArray();
        await Task.Delay(5000, CancellationToken.None);
        var beside = await Latency.MeasureAsync(console, receiver, clock, count, pause: 20);
        await stop.CancelAsync();
        await Task.WhenAll(guessing);

        Latency.Print("alone", alone);
        Latency.Print($"beside {Guessing} connections with wrong passwords", beside);
        Console.WriteLine("their answers: " + string.Join(", ", answers.Index().Where(a => a.Item > 0).Select(a => $"{a.Item} × {a.Index}")));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"median from save begun to request, beside / alone: {Latency.At(beside.FromSave, 0.5) / Latency.At(alone.FromSave, 0.5):F2}"));
        return 0;
    }

    /// <summary>Prints the most that the managed heap grew while the connections were sending.</summary>
    private static async Task DripAsync(Uri console, string how, int announced, int atOnce = int.MaxValue)
    {
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        var connections = Enumerable.Range(0, Dripping).Select(_ => PostAsync(console, announced, atOnce, stop.Token)).ToArray();
        var most = before;
        while (!stop.IsCancellationRequested)
        {
            most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
            await Task.Delay(50, CancellationToken.None);
        }
        await Task.WhenAll(connections);
        Console.WriteLine($"{Dripping} posts to /login, {how}: heap at most +{(most - before) / 1024 / 1024} MiB");
    }

    private static async Task PostAsync(Uri console, int announced, int atOnce, CancellationToken stop)
    {
        var chunk = new byte[16 * 1024];
        Array.Fill(chunk, (byte)'a');
        try
        {
            using var client = new TcpClient();
            await client.ConnectAsync(console.Host, console.Port, stop);
            var stream = client.GetStream();
            await stream.WriteAsync(Encoding.ASCII.GetBytes(
                $"POST /login HTTP/1.1\r\nHost: {console.Authority}\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: {announced}\r\n\r\n"), stop);
            for (var sent = 0; sent < Math.Min(announced - 4096, atOnce); sent += chunk.Length)
                await stream.WriteAsync(chunk, stop);
            while (true)
            {
                await stream.WriteAsync(chunk.AsMemory(0, 1), stop);
                await Task.Delay(500, stop);
            }
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException)
        {
            // Refused, or the measure is over.
        }
    }

    private static async Task GuessAsync(Uri console, int[] answers, CancellationToken stop)
    {
        using var client = new HttpClient(new SocketsHttpHandler { MaxConnectionsPerServer = 1 }) { BaseAddress = console };
        try
        {
            var page = await client.GetStringAsync("/login", stop);
            var token = Token().Match(page).Groups[1].Value;
            while (true)
            {
                using var form = new FormUrlEncodedContent(new Dictionary<string, string>
                {
                    ["_handler"] = "login",
                    ["__RequestVerificationToken"] = token,
                    ["Input.Email"] = "bench@example.com",
                    ["Input.Password"] = "wrong " + Guid.NewGuid(),
                });
                using var answer = await client.PostAsync(new Uri("/login", UriKind.Relative), form, stop);
                Interlocked.Increment(ref answers[(int)answer.StatusCode]);
            }
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            // The measure is over.
        }
    }

    [GeneratedRegex("name=\"__RequestVerificationToken\"[^>]*value=\"([^\"]+)\"")]
    private static partial Regex Token();
}
