using ATStatus.Admin.Hosting;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Hosting;

/// <summary>A copy of a live database does not send its waiting deliveries to the real receivers before a person says so.</summary>
public sealed class StartPausedTests : IAsyncLifetime
{
    private readonly LoopbackReceiver _receiver = LoopbackReceiver.Start();
    private readonly List<string> _folders = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _receiver.DisposeAsync();
        _folders.ForEach(folder => Directory.Delete(folder, recursive: true));
    }

    [Fact]
    public async Task A_copy_with_deliveries_that_wait_is_paused_until_it_is_resumed_and_then_at_home()
    {
        var original = await LiveAsync("web-1");
        var copy = Copy(original);
        await using (var app = await StartAsync(copy, "web-1"))
        {
            var question = $"web-1 ({Path.Combine(original, "data", "atstatus.db")})";
            Assert.Equal(question, (await PauseAsync(app))!.LastUsedBy);
            Assert.Contains($"This database was last used by {question}, and deliveries wait", app.Output, StringComparison.Ordinal);
        }
        // It stays so over a restart.
        await using (var app = await StartAsync(copy, "web-1"))
        {
            Assert.NotNull((await PauseAsync(app))!.LastUsedBy);
            Assert.Empty(_receiver.Requests);
            // A test goes out all the same.
            await app.Services.GetRequiredService<TestSendService>().SendSavedAsync(1, EventType.IncidentCreated, Stop);
            Assert.Single(_receiver.Requests);
            await app.Services.GetRequiredService<SendingPauseService>().ResumeAsync(Stop);
            await _receiver.WaitForAsync(1 + 3);
            await Eventually.TrueAsync(async () => await WaitingAsync(app) == 0);
        }
        await using (var app = await StartAsync(copy, "web-1"))
        {
            Assert.Null(await PauseAsync(app));
            Assert.DoesNotContain("last used by", app.Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_same_file_under_another_installation_asks_and_under_its_own_does_not()
    {
        var folder = await LiveAsync("web-1");
        await using (var app = await StartAsync(folder, "staging"))
            Assert.Equal("web-1", (await PauseAsync(app))!.LastUsedBy);
        // Back home the row still says so.
        await using (var app = await StartAsync(folder, "web-1"))
            Assert.Null((await PauseAsync(app))!.LastUsedBy);
        Assert.Empty(_receiver.Requests);
    }

    [Fact]
    public async Task A_copy_with_nothing_that_waits_goes_on_and_is_at_home()
    {
        var folder = NewFolder();
        await using (await StartAsync(folder, "web-1"))
        {
        }
        var copy = Copy(folder);
        await using var app = await StartAsync(copy, "web-2");
        Assert.Null(await PauseAsync(app));
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var used = await db.DatabaseIdentities.SingleAsync(Stop);
        Assert.Equal(("web-2", app.DatabaseFile), (used.UsedBy, used.UsedFrom));
    }

    [Fact]
    public async Task A_database_in_which_no_start_was_recorded_is_not_paused()
    {
        var folder = await LiveAsync("web-1");
        await using (var app = await StartAsync(folder, "web-1"))
        {
            await using var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
            await db.SendingPauses.ExecuteDeleteAsync(Stop);
            await db.DatabaseIdentities.ExecuteDeleteAsync(Stop);
        }
        await using var upgraded = await StartAsync(folder, "web-2");
        Assert.Null(await PauseAsync(upgraded));
    }

    [Fact]
    public async Task False_never_pauses_and_true_always()
    {
        var folder = await LiveAsync("web-1", pausedBy: null);
        await using (var app = await StartAsync(Copy(folder), "web-2", "false"))
            Assert.Null(await PauseAsync(app));
        var fresh = NewFolder();
        for (var i = 0; i < 2; i++)
        {
            await using var app = await StartAsync(fresh, "web-1", "TRUE");
            var pause = await PauseAsync(app);
            Assert.Equal((StartPause.PausedBy, null), (pause!.By, pause.LastUsedBy));
            Assert.Contains("Sending is paused, as Webhooks:StartPaused demands.", app.Output, StringComparison.Ordinal);
            await app.Services.GetRequiredService<SendingPauseService>().ResumeAsync(Stop);
        }
    }

    [Theory]
    [InlineData("Webhooks:StartPaused", "maybe", "Webhooks:StartPaused takes auto, true or false; it is 'maybe'.")]
    [InlineData("Hosting:Installation", "a\nb", "Hosting:Installation takes a name of at most 256 characters, without control characters; it is ")]
    public async Task A_wrong_value_is_one_line(string key, string value, string line) => Assert.StartsWith(
        line, (await Assert.ThrowsAsync<StartRefusedException>(() => ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = new() { [key] = value } }))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("Server=db;Database=ATStatus;User Id=a", "web-2", "Server=DB;Database=atstatus;User Id=b;Password=x", true)]
    [InlineData("Server=db;Database=ATStatus", "web-1", "Server=staging;Database=ATStatus", false)]
    [InlineData("Server=db;Database=ATStatus", "web-1", "Server=db;Database=Copy", false)]
    public void On_SQL_Server_the_connection_string_tells_and_the_machine_does_not(string last, string installation, string now, bool isSame)
    {
        var before = DatabasePlace.Of(new DatabaseOptions(DatabaseProvider.SqlServer, last), "web-1");
        var place = DatabasePlace.Of(new DatabaseOptions(DatabaseProvider.SqlServer, now), installation);
        Assert.Equal(isSame, place.IsThatOf(new DatabaseIdentity { UsedBy = before.Installation, UsedFrom = before.From }));
    }

    /// <summary>A console's folder whose database has three deliveries that wait.</summary>
    private async Task<string> LiveAsync(string installation, string? pausedBy = "ada@example.com")
    {
        var folder = NewFolder();
        await using var app = await StartAsync(folder, installation);
        var services = app.Services;
        var page = await services.GetRequiredService<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
        await services.GetRequiredService<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Receiver", new(_receiver.Url.AbsoluteUri), new([EventType.ComponentCreated])), Stop);
        if (pausedBy is not null)
            await services.GetRequiredService<SendingPauseService>().PauseAsync(new Actor(pausedBy), Stop);
        for (var i = 0; i < 3; i++)
            await services.GetRequiredService<ComponentService>().CreateAsync(new ComponentInput(page, $"Part {i}", ComponentStatus.Operational), Stop);
        return folder;
    }

    private static Task<ConsoleApp> StartAsync(string folder, string installation, string startPaused = "auto") => ConsoleApp.StartAsync(new ConsoleAppOptions
    {
        Folder = folder,
        Settings = new() { ["Hosting:Installation"] = installation, ["Webhooks:StartPaused"] = startPaused },
    });

    private static Task<PausedSending?> PauseAsync(ConsoleApp app) => app.Services.GetRequiredService<SendingPauseQueries>().FindAsync(Stop);

    private static async Task<int> WaitingAsync(ConsoleApp app)
    {
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        return await db.Deliveries.CountAsync(d => d.SettledAt == null, Stop);
    }

    private string NewFolder()
    {
        _folders.Add(Directory.CreateTempSubdirectory("atstatus-").FullName);
        return _folders[^1];
    }

    private string Copy(string folder)
    {
        var copy = NewFolder();
        Directory.CreateDirectory(Path.Combine(copy, "data"));
        foreach (var file in Directory.GetFiles(Path.Combine(folder, "data"), "atstatus.db*"))
            File.Copy(file, Path.Combine(copy, "data", Path.GetFileName(file)));
        return copy;
    }
}
