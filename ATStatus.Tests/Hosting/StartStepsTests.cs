using ATStatus.Admin.Hosting;
using ATStatus.Admin.Hosting.Database;
using ATStatus.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Hosting;

/// <summary>A start that takes long says what it is doing.</summary>
public sealed class StartStepsTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_step_is_named_once_it_takes_long_and_not_before()
    {
        using var output = new StringWriter();
        var time = new FakeTimeProvider();
        var steps = new StartSteps(new StartOutput(output), time);
        var work = new TaskCompletionSource<int>();
        var step = steps.RunAsync("opening the database", () => work.Task);
        time.Advance(StartSteps.Patience - TimeSpan.FromMilliseconds(1));
        Assert.Equal("", output.ToString());
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.Equal("Still starting: opening the database ..." + Environment.NewLine, output.ToString());
        work.SetResult(7);
        Assert.Equal(7, await step);
        await steps.RunAsync("nothing", () => Task.CompletedTask);
        time.Advance(TimeSpan.FromHours(1));
        Assert.Single(output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task A_console_that_waits_for_another_one_s_start_says_so()
    {
        var folder = Directory.CreateTempSubdirectory("atstatus-");
        try
        {
            await using (await ConsoleApp.StartAsync(new ConsoleAppOptions { Folder = folder.FullName, SharesDatabase = true }))
            {
            }
            using var output = new StringWriter();
            // What a start holds while it is under way.
            var other = SqliteFile.Open(Path.Combine(folder.FullName, "data", "atstatus.db"));
            var start = ConsoleApp.StartAsync(new ConsoleAppOptions
            {
                Folder = folder.FullName,
                SharesDatabase = true,
                Configure = builder => builder.Services.AddSingleton(new StartOutput(output)),
            });
            try
            {
                await Eventually.TrueAsync(() => start.IsCompleted || output.ToString().Contains("Still starting", StringComparison.Ordinal));
            }
            finally
            {
                other.Dispose();
            }
            await using var second = await start.WaitAsync(Stop);
            Assert.Equal("Still starting: waiting for another instance that is starting on this database ...", output.ToString().Trim());
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
