using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace ATStatus.Bench;

/// <summary>How long a newcomer waits: from 'dotnet run --no-build' until the sign-in page is there, on a fresh database each time.</summary>
internal static class StartTime
{
    private const int Runs = 5;

    public static async Task<int> RunAsync()
    {
        using var client = new HttpClient();
        var times = new List<double>();
        for (var run = 0; run < Runs; run++)
        {
            var folder = Directory.CreateTempSubdirectory("atstatus-bench-").FullName;
            var url = $"http://127.0.0.1:{FreePort()}";
            var watch = Stopwatch.StartNew();
            using var process = Process.Start(new ProcessStartInfo("dotnet")
            {
                ArgumentList =
                {
                    "run", "--no-build", "--project", "ATStatus.Admin", "--", "--urls", url,
                    $"--ConnectionStrings:ATStatus=Data Source={Path.Combine(folder, "bench.db")}",
                },
                RedirectStandardOutput = true,
            })!;
            process.OutputDataReceived += (_, _) => { };
            process.BeginOutputReadLine();
            try
            {
                while (!await AnswersAsync(client, url))
                    await Task.Delay(20);
                times.Add(watch.Elapsed.TotalSeconds);
            }
            finally
            {
                process.Kill(entireProcessTree: true);
                await process.WaitForExitAsync();
                Directory.Delete(folder, recursive: true);
            }
        }
        times.Sort();
        Console.WriteLine($"'dotnet run --no-build' → sign-in page: n = {Runs}, median {times[Runs / 2]:F2} s, longest {times[^1]:F2} s");
        return 0;
    }

    private static async Task<bool> AnswersAsync(HttpClient client, string url)
    {
        try
        {
            using var response = await client.GetAsync(url + "/login");
            return response.StatusCode == HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
