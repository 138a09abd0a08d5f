using System.Diagnostics;

namespace ATStatus.Bench;

/// <summary>The product beside job queues that others use for the same, against the same receiver, by turns.</summary>
internal static class Peers
{
    private const string Missing = "MISSING ";

    private static readonly (string Name, string Script)[] Scripts = [("bullmq", "bullmq.js"), ("graphile", "graphile.js")];

    public static async Task<int> RunAsync(int rounds, int seconds)
    {
        if (Folder() is not { } folder)
            return Say("bench/peers is not above this program: run it from a checkout.");
        if (!Directory.Exists(Path.Combine(folder, "node_modules")))
            return Say($"The peers' packages are missing: run 'npm ci' in {Path.GetRelativePath(Environment.CurrentDirectory, folder)}.");

        using var receiver = new BareReceiver();
        var whole = new List<Measured>();
        var peers = Scripts.ToDictionary(s => s.Name, _ => new List<Measured>());
        var missing = new HashSet<string>();
        for (var round = 0; round < rounds; round++)
        {
            whole.Add(await ChildProcess.ScenarioAsync("whole", receiver.Url, warmUp: 2 * seconds, seconds));
            foreach (var (name, script) in Scripts.Where(s => !missing.Contains(s.Name)))
            {
                var output = await RunAsync(folder, script, receiver.Url, seconds);
                if (output is null)
                    return Say("Node.js is missing (Debian: nodejs).");
                if (output.Split('\n').FirstOrDefault(l => l.StartsWith(Missing, StringComparison.Ordinal)) is { } line)
                {
                    missing.Add(name);
                    Say($"{name} is left out: {line[Missing.Length..].Trim()} is missing.");
                    continue;
                }
                peers[name].Add(Measured.Of(output) ?? throw new InvalidOperationException($"'{name}' failed:{Environment.NewLine}{output}"));
            }
        }

        Figures.Print($"Peers: medians of {rounds} rounds of {seconds} s of processor time; a peer's is that of its Node.js process alone");
        Print("whole", whole);
        foreach (var (name, runs) in peers.Where(p => p.Value.Count > 0))
            Print(name, runs);
        foreach (var (name, runs) in peers.Where(p => p.Value.Count > 0))
            Figures.Line($"whole / {name}", Figures.Median(whole.Zip(runs, (a, b) => a.Rate / b.Rate)));
        return 0;
    }

    private static async Task<string?> RunAsync(string folder, string script, Uri url, int seconds)
    {
        try
        {
            return await ChildProcess.OutputAsync(new ProcessStartInfo(
                "node", [script, url.AbsoluteUri, ChildProcess.Text(2 * seconds), ChildProcess.Text(seconds)])
            { WorkingDirectory = folder });
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It could not be started.
            return null;
        }
    }

    private static void Print(string name, List<Measured> runs) => Figures.Print(
        $"  {name,-10} {Figures.Median(runs.Select(m => m.Rate)),6:F0}/s  {Figures.Median(runs.Select(m => m.Cpu)),5:F0} µs CPU");

    private static int Say(string line)
    {
        Console.WriteLine(line);
        return 0;
    }

    private static string? Folder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            var peers = Path.Combine(folder.FullName, "bench", "peers");
            if (Directory.Exists(peers))
                return peers;
        }
        return null;
    }
}
