using System.ComponentModel;
using System.Diagnostics;

namespace ATStatus.Admin.Hosting;

/// <summary>The browser of whoever started the program, as the desktop chooses it.</summary>
internal static class DesktopBrowser
{
    /// <summary>How long the desktop's opener may take before it counts as the browser itself.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private const int NotFound = 127;

    private static string Opener => OperatingSystem.IsMacOS() ? "open" : "xdg-open";

    /// <summary>Opens an address. Never throws.</summary>
    /// <returns>Why it did not open, in a few words; null where it did.</returns>
    public static async Task<string?> OpenAsync(Uri address)
    {
        try
        {
            using var process = Process.Start(StartOf(address.AbsoluteUri));
            if (process is null)
                return null;
            await process.WaitForExitAsync().WaitAsync(Patience);
            return process.ExitCode switch
            {
                0 => null,
                NotFound => $"{Opener} was not found",
                var code => FormattableString.Invariant($"{Opener} ended with code {code}"),
            };
        }
        catch (TimeoutException)
        {
            return null;
        }
        catch (Exception e) when (e is Win32Exception or InvalidOperationException or FileNotFoundException)
        {
            return e.GetType().Name;
        }
    }

    // The shell keeps what the opener and a browser print off the console, without a pipe that would end with it.
    private static ProcessStartInfo StartOf(string address) => OperatingSystem.IsWindows()
        ? new ProcessStartInfo(address) { UseShellExecute = true }
        : new ProcessStartInfo("/bin/sh", ["-c", $"exec {Opener} \"$1\" </dev/null >/dev/null 2>&1", "sh", address]);
}
