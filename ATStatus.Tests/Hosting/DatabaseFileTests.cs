using System.Net;
using ATStatus.Core.Events;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Hosting;

/// <summary>The database file is removed or replaced under the running console: nothing is called saved that is not at its path.</summary>
public sealed class DatabaseFileTests : IAsyncLifetime
{
    private ConsoleApp _app = null!;
    private int _page;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private DatabaseWritability Database => _app.Services.GetRequiredService<DatabaseWritability>();

    public async ValueTask InitializeAsync()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows does not let a file in use go.");
        _app = await ConsoleApp.StartAsync();
        _page = await _app.Services.GetRequiredService<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData("removed")]
    [InlineData("replaced by a copy")]
    [InlineData("replaced by an empty file")]
    [InlineData("journal removed")]
    public async Task A_save_is_refused_and_the_console_is_not_ready(string how)
    {
        await SaveAsync("Before");
        var away = _app.DatabaseFile + ".away";
        switch (how)
        {
            case "removed":
                File.Move(_app.DatabaseFile, away);
                break;
            case "replaced by a copy":
                File.Copy(_app.DatabaseFile, away);
                File.Move(away, _app.DatabaseFile, overwrite: true);
                break;
            case "replaced by an empty file":
                await File.WriteAllBytesAsync(away, [], Stop);
                File.Move(away, _app.DatabaseFile, overwrite: true);
                break;
            default:
                File.Delete(_app.DatabaseFile + "-wal");
                break;
        }

        var refused = await Assert.ThrowsAsync<DatabaseNotWritableException>(() => SaveAsync("Lost"));
        Assert.Equal(DatabaseFault.Replaced, refused.Fault);
        Assert.Equal(DatabaseFault.Replaced, Database.Trouble?.Fault);
        using var client = _app.CreateClient();
        using var ready = await client.GetAsync("healthz/ready", Stop);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
        // At once, also what does not go through a unit of work, and without making a new file.
        await Assert.ThrowsAsync<DatabaseNotWritableException>(
            () => _app.Services.GetRequiredService<StatusPageService>().CreateAsync(new StatusPageInput("Other", "other"), Stop));
        if (how == "removed")
            Assert.False(File.Exists(_app.DatabaseFile));
    }

    [Fact]
    public async Task It_is_noticed_without_a_save_and_all_goes_on_when_the_file_is_put_back()
    {
        var away = _app.DatabaseFile + ".away";
        File.Move(_app.DatabaseFile, away);
        await Eventually.TrueAsync(() => Database.Trouble?.Fault == DatabaseFault.Replaced);
        await Eventually.TrueAsync(() => Said().Any());
        File.Move(away, _app.DatabaseFile);
        await Eventually.TrueAsync(() => Database.IsReady);
        await SaveAsync("After");
        Assert.Single(Said());
        await using var db = await _app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        Assert.True(await db.Components.AnyAsync(c => c.Name == "After", Stop));
    }

    private IEnumerable<string> Said() => _app.Logs.Where(line => line.Contains("The database file was removed or replaced", StringComparison.Ordinal));

    private Task<int> SaveAsync(string name) => _app.Services.GetRequiredService<ComponentService>().CreateAsync(
        new ComponentInput(_page, name, ComponentStatus.Operational), Stop);
}
