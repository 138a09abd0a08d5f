using System.Diagnostics;
using System.Globalization;

namespace ATStatus.Bench;

/// <summary>Runs a scenario, or one of the peers, in a process of its own.</summary>
internal static class ChildProcess
{
    /// <summary>Runs one of this program's scenarios.</summary>
    /// <exception cref="InvalidOperationException">It failed; the message has its output.</exception>
    public static async Task<Measured> ScenarioAsync(string name, Uri url, int warmUp, int seconds)
    {
        var output = await OutputAsync(new ProcessStartInfo(
            Environment.ProcessPath!, ["scenario", name, url.AbsoluteUri, Text(warmUp), Text(seconds)]));
        return Measured.Of(output) ?? throw new InvalidOperationException($"'{name}' failed:{Environment.NewLine}{output}");
    }

    /// <summary>How many seconds so many bare POSTs took, by as many loops as there are workers.</summary>
    public static async Task<double> BarePostsAsync(Uri url, int count)
    {
        var output = await OutputAsync(new ProcessStartInfo(Environment.ProcessPath!, ["posts", url.AbsoluteUri, Text(count)]));
        return double.Parse(output, CultureInfo.InvariantCulture);
    }

    /// <summary>Starts a process and returns everything that it printed.</summary>
    public static async Task<string> OutputAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        using var process = Process.Start(start)!;
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output;
    }

    public static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}

/// <summary>A <see cref="BareReceiver"/> in a process of its own, so that it takes nothing of what is measured here.</summary>
internal sealed class ReceiverProcess : IAsyncDisposable
{
    private readonly Process _process;

    private ReceiverProcess(Process process, Uri url) => (_process, Url) = (process, url);

    public Uri Url { get; }

    public static async Task<ReceiverProcess> StartAsync()
    {
        var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["receiver"])
        {
            RedirectStandardOutput = true,
            RedirectStandardInput = true,
        })!;
        return new ReceiverProcess(process, new Uri((await process.StandardOutput.ReadLineAsync())!));
    }

    /// <summary>How many requests have come since the last call, and when the last of them came.</summary>
    public async Task<(int Count, DateTimeOffset LastAt)> TakeAsync()
    {
        await _process.StandardInput.WriteLineAsync();
        await _process.StandardInput.FlushAsync();
        var parts = (await _process.StandardOutput.ReadLineAsync())!.Split(' ');
        var lastAt = new DateTimeOffset(long.Parse(parts[1], CultureInfo.InvariantCulture), TimeSpan.Zero);
        return (int.Parse(parts[0], CultureInfo.InvariantCulture), lastAt);
    }

    /// <summary>The other end: prints the receiver's URL, then an answer to each line that it reads, until there are no more.</summary>
    public static async Task<int> RunAsync()
    {
        using var receiver = new BareReceiver();
        Console.WriteLine(receiver.Url);
        // With a terminal at its end it stays until it is ended.
        while (await Console.In.ReadLineAsync() is not null)
        {
            var (count, last) = receiver.Take();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{count} {last.UtcTicks}"));
        }
        return 0;
    }

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }
}
