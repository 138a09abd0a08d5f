using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

/// <summary>
/// Runs inside the real program when <c>DOTNET_STARTUP_HOOKS</c> names this assembly: once the console is up it saves one incident
/// after the other without pause, as an operator's clicks would, and writes down each title whose saving has returned, and beside it
/// each whose saving has failed. While a file that ends in <c>.pause</c> is there, it saves nothing; one that ends in <c>.large</c> makes the
/// next incident a critical one. Where it is told so, it lets several programs use one SQLite file.
/// </summary>
[SuppressMessage("Design", "CA1050", Justification = "The runtime looks for this name without a namespace.")]
internal static class StartupHook
{
    /// <summary>Names the file that titles are appended to; without it nothing is saved.</summary>
    public const string FileVariable = "ATSTATUS_TEST_SAVED_TITLES";

    /// <summary>Where it is set, the program shares its SQLite file with others.</summary>
    public const string SharesVariable = "ATSTATUS_TEST_SHARES_DATABASE";

    /// <summary>What the names of the file of failed titles, of the file that makes a pause, and of that which makes one incident critical, end in.</summary>
    public const string Failed = ".failed", Pause = ".pause", Large = ".large";

    public static void Initialize()
    {
        var file = Environment.GetEnvironmentVariable(FileVariable) is { Length: > 0 } named ? named : null;
        var shares = Environment.GetEnvironmentVariable(SharesVariable) is { Length: > 0 };
        if (file is not null || shares)
            DiagnosticListener.AllListeners.Subscribe(new Listeners(file, shares));
    }

    private static async Task SaveAsync(IHost host, string file)
    {
        var lifetime = host.Services.GetRequiredService<IHostApplicationLifetime>();
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task;
        var page = (await host.Services.GetRequiredService<StatusPageQueries>().PagesAsync())[0].Id;
        var incidents = host.Services.GetRequiredService<IncidentService>();
        await using var saved = Open(file);
        await using var failed = Open(file + Failed);
        while (!lifetime.ApplicationStopping.IsCancellationRequested)
        {
            if (File.Exists(file + Pause))
            {
                await Task.Delay(50);
                continue;
            }
            var title = Guid.NewGuid().ToString();
            var isLarge = File.Exists(file + Large);
            if (isLarge)
                File.Delete(file + Large);
            try
            {
                await incidents.CreateAsync(
                    new IncidentInput(page, title, isLarge ? IncidentSeverity.Critical : IncidentSeverity.Minor, IncidentStatus.Investigating, "Chaos.", []), new Actor("chaos"));
                await saved.WriteLineAsync(title);
            }
            catch (Exception error)
            {
                await failed.WriteLineAsync($"{title} {error.GetType().Name}: {error.GetBaseException().Message.ReplaceLineEndings(" ")}");
                await Task.Delay(50);
            }
        }
    }

    private static StreamWriter Open(string file) =>
        new(new FileStream(file, FileMode.Append, FileAccess.Write, FileShare.ReadWrite)) { AutoFlush = true };

    private sealed class Listeners(string? file, bool shares) : IObserver<DiagnosticListener>, IObserver<KeyValuePair<string, object?>>
    {
        public void OnCompleted()
        {
        }

        public void OnError(Exception error)
        {
        }

        public void OnNext(DiagnosticListener value)
        {
            if (value.Name == "Microsoft.Extensions.Hosting")
                value.Subscribe(this);
        }

        public void OnNext(KeyValuePair<string, object?> value)
        {
            if (shares && value is { Key: "HostBuilding", Value: IHostBuilder building })
                building.ConfigureServices((_, services) => services.AddSingleton(new InstanceOptions(SingleInstance: false)));
            if (file is not null && value is { Key: "HostBuilt", Value: IHost host })
                _ = Task.Run(() => SaveAsync(host, file));
        }
    }
}
