using System.Diagnostics;
using System.Text;

namespace ATStatus.Tests.Support;

/// <summary>Runs JavaScript in the machine's Node.js. A test that calls it first demands <see cref="TestRequirement.Node"/>.</summary>
public static class NodeScript
{
    private const string ForEachLine =
        """

        const lines = require('fs').readFileSync(0, 'utf8').split('\n');
        process.stdout.write(lines.map(line => handle(line)).join('\n'));
        """;

    /// <summary>The full path of <c>node</c>, or null where PATH has none.</summary>
    public static string? Executable { get; } = TestRequirement.OnPath("node");

    /// <summary>
    /// Runs a script that defines a function <c>handle</c>, calls it with each line and returns what it returned for each.
    /// Neither a line nor an answer may contain a line feed.
    /// </summary>
    /// <param name="script">JavaScript that defines <c>handle(line)</c>, a string to a string.</param>
    /// <param name="lines">The lines, UTF-8.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    public static async Task<string[]> MapAsync(string script, IReadOnlyList<byte[]> lines, CancellationToken cancellationToken) =>
        (await RunAsync(["-e", script + ForEachLine], lines, cancellationToken)).Split('\n');

    /// <summary>Runs a file with a text as its standard input, and returns what it writes.</summary>
    public static Task<string> RunFileAsync(string file, string input, CancellationToken cancellationToken) =>
        RunAsync([file], [Encoding.UTF8.GetBytes(input)], cancellationToken);

    private static async Task<string> RunAsync(string[] arguments, IReadOnlyList<byte[]> lines, CancellationToken cancellationToken)
    {
        var start = new ProcessStartInfo(Executable ?? throw new InvalidOperationException("There is no node on PATH."), arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardOutputEncoding = Encoding.UTF8,
            StandardErrorEncoding = Encoding.UTF8,
        };
        using var node = Process.Start(start)!;
        try
        {
            var output = node.StandardOutput.ReadToEndAsync(cancellationToken);
            var errors = node.StandardError.ReadToEndAsync(cancellationToken);
            await WriteLinesAsync(node.StandardInput, lines, cancellationToken);
            await node.WaitForExitAsync(cancellationToken);
            Assert.True(node.ExitCode == 0, $"node ended with {node.ExitCode}: {await errors}");
            return await output;
        }
        finally
        {
            if (!node.HasExited)
                node.Kill();
        }
    }

    private static async Task WriteLinesAsync(StreamWriter input, IReadOnlyList<byte[]> lines, CancellationToken cancellationToken)
    {
        try
        {
            for (var i = 0; i < lines.Count; i++)
            {
                if (i > 0)
                    await input.BaseStream.WriteAsync("\n"u8.ToArray(), cancellationToken);
                await input.BaseStream.WriteAsync(lines[i], cancellationToken);
            }

            input.Close();
        }
        catch (IOException)
        {
            // The script ended before it read everything; its exit code and its errors say why.
        }
    }
}
