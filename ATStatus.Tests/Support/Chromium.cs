using Microsoft.Playwright;

namespace ATStatus.Tests.Support;

/// <summary>The machine's own Chromium. Nothing is downloaded.</summary>
public static class Chromium
{
    private static readonly string[] Commands = ["chromium", "chromium-browser", "google-chrome"];

    // No GPU and no sandbox: machines that build have neither. The rest keeps the browser itself off the network.
    private static readonly string[] Arguments =
    [
        "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update",
        "--disable-sync",
    ];

    /// <summary>The full path of the browser, or null where PATH has none.</summary>
    public static string? Executable { get; } = (
        from command in Commands
        from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
        let file = Path.Combine(folder, OperatingSystem.IsWindows() ? command + ".exe" : command)
        where File.Exists(file)
        select file).FirstOrDefault();

    /// <summary>Starts it without a window.</summary>
    public static Task<IBrowser> LaunchAsync(IPlaywright playwright) => playwright.Chromium.LaunchAsync(new() { ExecutablePath = Executable, Args = Arguments });
}
