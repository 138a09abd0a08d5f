using ATStatus.Tests.Api.Client;

namespace ATStatus.Tests.Support;

/// <summary>
/// Something a test needs that not every machine has. Without it the test is skipped and says how to enable it; where
/// <see cref="Variable"/> names the part, it fails instead, so that a build meant to cover everything cannot skip quietly.
/// </summary>
/// <param name="part">The part's name in <see cref="Variable"/>.</param>
/// <param name="isThere">Whether this machine has it.</param>
/// <param name="remedy">How to enable it, as an instruction.</param>
public sealed class TestRequirement(string part, Func<bool> isThere, string remedy)
{
    /// <summary>Comma-separated names of the parts that must be there, e.g. <c>ATSTATUS_TEST_REQUIRE=node,browser</c>.</summary>
    public const string Variable = "ATSTATUS_TEST_REQUIRE";

    /// <summary>Node.js, as <c>node</c> on PATH.</summary>
    public static TestRequirement Node { get; } = new(
        "node", () => NodeScript.Executable is not null, "install Node.js and put 'node' on PATH");

    /// <summary>The validators that the specifications' authors publish as packages for Node.js.</summary>
    public static TestRequirement Validators { get; } = new(
        "validators", () => NodeScript.Executable is not null && SpecificationValidators.AreInstalled,
        $"install Node.js and npm, and run 'npm ci' in {SpecificationValidators.Place}");

    /// <summary>The generator of clients that the tool manifest names.</summary>
    public static TestRequirement Kiota { get; } = new(
        "kiota", () => GeneratedClient.IsInstalled, "run 'dotnet tool restore' at the repository's root");

    /// <summary>Chromium or Chrome on PATH.</summary>
    public static TestRequirement Browser { get; } = new(
        "browser", () => Chromium.Executable is not null, "install Chromium and put 'chromium' (or 'google-chrome') on PATH");

    /// <summary>A SQL Server on which databases may be made.</summary>
    public static TestRequirement SqlServer { get; } = new(
        "sqlserver",
        () => !string.IsNullOrWhiteSpace(Environment.GetEnvironmentVariable(TestDatabase.SqlServerVariable)),
        $"set {TestDatabase.SqlServerVariable} to the connection string of a SQL Server on which databases may be made");

    /// <summary>A program on PATH; its name is the part's.</summary>
    /// <param name="name">What it is called on PATH.</param>
    /// <param name="what">What to install.</param>
    public static TestRequirement Program(string name, string what) => new(
        name, () => OnPath(name) is not null, $"install {what} and put '{name}' on PATH");

    /// <summary>The full path of a program, or null where PATH has none.</summary>
    internal static string? OnPath(string name) => (Environment.GetEnvironmentVariable("PATH") ?? "")
        .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        .Select(folder => Path.Combine(folder, OperatingSystem.IsWindows() ? $"{name}.exe" : name))
        .FirstOrDefault(File.Exists);

    /// <summary>A small file system of its own that may be filled up and made read-only, and the rights to do so.</summary>
    public static TestRequirement Faults { get; } = new(
        "faults", () => Directory.Exists(FaultFolder), "run ATStatus.Tests/faults as root: it makes a small file system to be filled up and made read-only");

    /// <summary>Where that file system is mounted.</summary>
    public static string? FaultFolder { get; } = Environment.GetEnvironmentVariable("ATSTATUS_TEST_FAULTS");

    /// <summary>Returns if the part is there; otherwise skips the running test, or fails it where the part is required.</summary>
    public void Demand()
    {
        switch (Judge(Environment.GetEnvironmentVariable(Variable)))
        {
            case (Verdict.Skip, var reason):
                Assert.Skip(reason);
                break;
            case (Verdict.Fail, var reason):
                Assert.Fail(reason);
                break;
        }
    }

    internal (Verdict Verdict, string Reason) Judge(string? requiredParts)
    {
        if (isThere())
            return (Verdict.Run, "");

        var required = (requiredParts ?? "")
            .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Contains(part, StringComparer.OrdinalIgnoreCase);
        return required
            ? (Verdict.Fail, $"{Variable} requires '{part}', which is not there: {remedy}.")
            : (Verdict.Skip, $"'{part}' is not there: {remedy}. {Variable}={part} makes this a failure.");
    }

    internal enum Verdict
    {
        Run,
        Skip,
        Fail,
    }
}
