using System.Diagnostics;
using System.Text;

namespace ATStatus.Tests.Support;

/// <summary>Runs scripts in the machine's own shells. A test that calls it first demands <see cref="TestRequirement.Program"/>.</summary>
public static class ShellScript
{
    /// <summary>Runs a script with <c>sh -c</c> and returns what it wrote, as bytes. It must end with 0.</summary>
    public static Task<byte[]> RunAsync(string script, params (string Name, string Value)[] variables) =>
        RunAsync(TestRequirement.OnPath("sh")!, ["-c", script], null, variables);

    /// <summary>Runs a program and returns what it wrote, as bytes. It must end with 0.</summary>
    /// <param name="program">The program.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="input">What it reads.</param>
    /// <param name="variables">What is set in its environment.</param>
    public static async Task<byte[]> RunAsync(string program, string[] arguments, string? input, params (string Name, string Value)[] variables)
    {
        var (code, output, errors) = await TryAsync(program, arguments, input, null, variables);
        Assert.True(code == 0, $"{program} ended with {code}: {errors}");
        return output;
    }

    /// <summary>Runs a program in a folder (null for the current one) and returns its exit code and what it wrote.</summary>
    public static async Task<(int Code, byte[] Output, string Errors)> TryAsync(
        string program, string[] arguments, string? input, string? folder, params (string Name, string Value)[] variables)
    {
        var start = new ProcessStartInfo(program)
        {
            WorkingDirectory = folder ?? "",
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardErrorEncoding = Encoding.UTF8,
            StandardInputEncoding = new UTF8Encoding(false),
        };
        foreach (var argument in arguments)
            start.ArgumentList.Add(argument);
        // A machine's proxy must not come between a test and its receiver.
        foreach (var name in start.Environment.Keys.Where(name => name.EndsWith("_proxy", StringComparison.OrdinalIgnoreCase)).ToList())
            start.Environment.Remove(name);
        foreach (var (name, value) in variables)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        try
        {
            var stop = TestContext.Current.CancellationToken;
            using var output = new MemoryStream();
            var reading = process.StandardOutput.BaseStream.CopyToAsync(output, stop);
            var errors = process.StandardError.ReadToEndAsync(stop);
            await process.StandardInput.WriteAsync(input);
            process.StandardInput.Close();
            await reading;
            await process.WaitForExitAsync(stop);
            return (process.ExitCode, output.ToArray(), await errors);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill();
        }
    }
}
