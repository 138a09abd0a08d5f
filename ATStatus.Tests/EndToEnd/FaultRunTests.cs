using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// The run that a person starts as root with <c>ATStatus.Tests/faults</c>. The real program saves events without pause, and an operator
/// has a form open, while its database is locked or cannot be written, its disk is full, or its clock is wrong. The fault ends, and the
/// same process has to go on by itself: nothing saved is lost, nothing is there by half, and a repeat has the identity of its first.
/// </summary>
public sealed partial class FaultRunTests(TestBrowser browser)
{
    private const string Saved = "saved";
    private const string SaveFailed = "Nothing was saved.";

    /// <summary>How many savings must have failed before a fault ends.</summary>
    private const int ManyFailures = 50;

    /// <summary>The most sends that can be on their way at a moment: four to each of three notifications.</summary>
    private const int InFlight = 12;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    /// <summary>Where the clock stands one after the other, in hours from the real time.</summary>
    private static readonly int[] Jumps = [-1, 0, 1, 0];

    /// <summary>In blocks first, then what is left, byte by byte.</summary>
    private static readonly int[] BlockSizes = [1 << 20, 4096, 1];

    /// <summary>Longer than a lease (40 s): what had arrived is recorded afterwards, and nothing is sent again.</summary>
    private static readonly TimeSpan LongLock = TimeSpan.FromSeconds(75);

    [Fact]
    public Task Another_process_locks_the_database_for_longer_than_a_lease() => RunAsync(async (rig, answered) =>
    {
        using var other = new SqliteConnection(rig.ConnectionString);
        other.Open();
        Execute(other, "PRAGMA busy_timeout=30000; BEGIN EXCLUSIVE");
        var watch = Stopwatch.StartNew();
        await Eventually.TrueAsync(() => rig.Saves.Failed >= ManyFailures && answered() && watch.Elapsed > LongLock, Patience);
        Execute(other, "ROLLBACK");
    });

    [Fact]
    public Task The_database_cannot_be_written() => RunAsync(async (rig, answered) =>
    {
        // Not the file beside it that is shared memory: with that, the system kills the process instead of refusing a write.
        string[] files = [rig.DatabaseFile, rig.DatabaseFile + "-wal", Path.GetDirectoryName(rig.DatabaseFile)!];
        await ChangeAttributesAsync("+i", files);
        try
        {
            await Eventually.TrueAsync(() => rig.Saves.Failed >= ManyFailures && answered(), Patience);
        }
        finally
        {
            await ChangeAttributesAsync("-i", files);
        }
    });

    [Fact]
    public Task The_disk_is_full() => RunAsync(async (rig, answered) =>
    {
        var filler = Path.Combine(TestRequirement.FaultFolder!, "filler");
        try
        {
            await Eventually.TrueAsync(
                () =>
                {
                    // What the program frees meanwhile is taken too.
                    Fill(filler);
                    return rig.Saves.Failed >= ManyFailures && answered();
                },
                Patience);
        }
        finally
        {
            File.Delete(filler);
        }
    });

    [Fact]
    public async Task The_clock_is_set_back_and_forward()
    {
        if (Environment.GetEnvironmentVariable("ATSTATUS_TEST_FAKETIME") is not { Length: > 0 } library)
        {
            Assert.Skip("ATSTATUS_TEST_FAKETIME names no libfaketime.");
            return;
        }
        var offset = Path.GetTempFileName();
        await File.WriteAllTextAsync(offset, "+0");
        var environment = new Dictionary<string, string?>
        {
            ["LD_PRELOAD"] = library,
            ["FAKETIME_TIMESTAMP_FILE"] = offset,
            ["FAKETIME_CACHE_DURATION"] = "1",
            // The clock on the wall jumps; what measures durations does not, as on a real machine.
            ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
            ["FAKETIME_FORCE_MONOTONIC_FIX"] = "0",
            ["NO_FAKE_STAT"] = "1",
        };
        await RunAsync(
            async (rig, answered) =>
            {
                foreach (var jump in Jumps)
                {
                    var (created, requests) = (CreatedAt(jump), rig.Receiver.Requests.Count);
                    await File.WriteAllTextAsync(offset, (jump * 3600).ToString("+0;-0;+0", CultureInfo.InvariantCulture));
                    await Eventually.TrueAsync(() => CreatedAt(jump) > created + 60 && rig.Receiver.Requests.Count > requests + 150, Patience);
                }
                await Eventually.TrueAsync(answered, Patience);
                Assert.Equal(0, rig.Saves.Failed);

                long CreatedAt(int jump)
                {
                    var about = DateTime.UtcNow.AddHours(jump);
                    return rig.Count(string.Create(CultureInfo.InvariantCulture, $"CreatedAt BETWEEN '{about.AddMinutes(-20):yyyy-MM-dd HH:mm:ss}' AND '{about.AddMinutes(20):yyyy-MM-dd HH:mm:ss}'"));
                }
            },
            environment,
            Jumps.Length);
        File.Delete(offset);
    }

    /// <summary>Starts everything, lets the fault be, and looks at what came of it.</summary>
    /// <param name="fault">Brings the fault about, waits until it has been felt and the operator has an answer, and ends it.</param>
    /// <param name="environment">The program's own variables.</param>
    /// <param name="jumps">How often sends on their way can have been given up.</param>
    /// <param name="name">The test.</param>
    private async Task RunAsync(
        Func<ProgramRig, Func<bool>, Task> fault, Dictionary<string, string?>? environment = null, int jumps = 1,
        [System.Runtime.CompilerServices.CallerMemberName] string name = "")
    {
        TestRequirement.Faults.Demand();
        TestRequirement.Browser.Demand();
        await using var rig = await ProgramRig.StartAsync(TestRequirement.FaultFolder);
        using var program = await rig.RunAsync(saving: true, environment);
        await using var window = await browser.OpenAsync(program.Address);
        var page = window.Page;
        await FillInAsync(page, name);
        await rig.Receiver.WaitForAsync(50, Patience);

        var watch = Stopwatch.StartNew();
        Task<string>? saving = null;
        await fault(rig, () => (saving ??= SaveAsync(page)).IsCompleted);
        var lasted = watch.Elapsed;
        var answer = await saving!;

        // The same process goes on by itself, and so does the operator.
        var saves = rig.Saves;
        await Eventually.TrueAsync(() => rig.Saves.Saved >= saves.Saved + 50, Patience);
        if (answer != Saved)
        {
            await page.Button("Save").ClickAsync();
            await Assertions.Expect(page).ToHaveURLAsync(IncidentPage(), new() { Timeout = (float)Patience.TotalMilliseconds });
        }
        rig.StopSaving();
        await Eventually.TrueAsync(() => rig.Count("State <> 'Delivered'") == 0, Patience);
        Assert.True(program.IsRunning);
        var code = await program.TerminateAsync(TimeSpan.FromSeconds(30));
        Assert.True(code == 0, $"It ended with {code}: {program.LastLines}");

        var (repeats, events, failed, failedButSaved) = await rig.CompareAsync();
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{name}: {lasted.TotalSeconds:0} s; {events} events saved, {failed} savings failed ({failedButSaved} of them after the commit), "
                + $"{rig.Receiver.Requests.Count} requests, {repeats} repeats, 0 lost; the operator's save: {answer}"));
        foreach (var failure in rig.Failures.Concat(program.LastLines.Split('\n').Where(line => line.Contains("clock was set back", StringComparison.Ordinal))))
            TestContext.Current.TestOutputHelper?.WriteLine(failure);
        // Only a clock that jumps may let a lease end under a send that is on its way.
        Assert.InRange(repeats, 0, environment is null ? 0 : InFlight * jumps);
        Assert.Equal(1, rig.Count($"Id IN (SELECT MIN(d.Id) FROM Deliveries d JOIN Events e ON e.Id = d.EventId WHERE e.Title = '{name}' GROUP BY e.Id)"));
    }

    private static async Task FillInAsync(IPage page, string title)
    {
        await page.GotoAsync("login");
        await page.Field("Email").FillAsync(ConsoleApp.AdminEmail);
        await page.Field("Password").FillAsync(ConsoleApp.AdminPassword);
        await page.Button("Sign in").ClickAsync();
        await Assertions.Expect(page).ToHaveURLAsync(new Regex("/admin$"));
        await page.GotoAsync("admin/incidents/new");
        await page.Field("Title").FillAsync(title);
        await page.Field("Message").FillAsync("What the operator typed.");
    }

    /// <summary>Presses Save and answers <see cref="Saved"/>, or what the page says; then the text is still there.</summary>
    private static async Task<string> SaveAsync(IPage page)
    {
        await page.Button("Save").ClickAsync(new() { Timeout = (float)Patience.TotalMilliseconds });
        var failed = page.GetByText(SaveFailed);
        await Eventually.TrueAsync(async () => IncidentPage().IsMatch(page.Url) || await failed.IsVisibleAsync(), Patience);
        if (IncidentPage().IsMatch(page.Url))
            return Saved;
        await Assertions.Expect(page.Field("Message")).ToHaveValueAsync("What the operator typed.");
        return SaveFailed;
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The statements are those of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }

    private static async Task ChangeAttributesAsync(string change, IEnumerable<string> files)
    {
        using var process = Process.Start("chattr", [change, .. files]);
        await process.WaitForExitAsync();
        Assert.Equal(0, process.ExitCode);
    }

    private static void Fill(string filler)
    {
        foreach (var size in BlockSizes)
        {
            try
            {
                using var file = new FileStream(filler, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
                for (var block = new byte[size]; ;)
                    file.Write(block);
            }
            catch (IOException)
            {
                // Full.
            }
        }
    }

    [GeneratedRegex(@"/admin/incidents/\d+$")]
    private static partial Regex IncidentPage();
}
