using ATStatus.Tests.Support;

[assembly: AssemblyFixture(typeof(SharedConsole))]

namespace ATStatus.Tests.Support;

/// <summary>
/// One console for every test that does not change what others look at, started when the first of them asks.
/// </summary>
public sealed class SharedConsole : IAsyncDisposable
{
    private readonly Lazy<Task<ConsoleApp>> _app = new(() => ConsoleApp.StartAsync(new ConsoleAppOptions { Environment = "Production" }));

    public Task<ConsoleApp> AppAsync() => _app.Value;

    public async ValueTask DisposeAsync()
    {
        if (_app.IsValueCreated)
            await (await _app.Value).DisposeAsync();
    }
}
