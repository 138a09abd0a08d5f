using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.EndToEnd;

/// <summary>
/// The real program's folder, its database, and a receiver that takes its time and refuses now and then. The program saves events
/// without pause when told to; in the end what came is held against what was saved.
/// </summary>
internal sealed class ProgramRig : IAsyncDisposable
{
    /// <summary>How many first attempts run at a time: the program's own default.</summary>
    public static readonly int Workers = new WebhookOptions().Workers;

    /// <summary>How many notifications get each event.</summary>
    private const int Notifications = 3;

    /// <summary>How many requests the receiver answers slowly or refuses; the rest it takes at once.</summary>
    private const int Scripted = 100_000;

    // Beside the program's own folder: what happens to that must not happen to these.
    private readonly string _notes = Directory.CreateTempSubdirectory("atstatus-notes-").FullName;
    private readonly string _folder;
    private readonly TestDatabase _database;
    private readonly int _more;

    private ProgramRig(string folder, int more)
    {
        (_folder, _more) = (folder, more);
        _database = TestDatabase.SqliteAt(folder, ConnectionString);
    }

    public LoopbackReceiver Receiver { get; } = LoopbackReceiver.Start(
        [.. Enumerable.Range(0, Scripted).Select(i => ScriptedResponse.Status(Fails(i) ? 500 : 200).After(TimeSpan.FromMilliseconds(20 + i % 5 * 15))), ScriptedResponse.Status(200)]);

    public string DatabaseFile => Path.Combine(_folder, "data", "atstatus.db");

    public string ConnectionString => new SqliteConnectionStringBuilder { DataSource = DatabaseFile, Pooling = false }.ConnectionString;

    /// <summary>How many titles' saving has returned, and how many have failed.</summary>
    public (int Saved, int Failed) Saves => (Lines(Titles).Length, Lines(Titles + StartupHook.Failed).Length);

    /// <summary>What failed savings failed with, and how often.</summary>
    public IEnumerable<string> Failures => Lines(Titles + StartupHook.Failed)
        .GroupBy(line => line[(line.IndexOf(' ', StringComparison.Ordinal) + 1)..]).Select(group => $"{group.Count()} × {group.Key}");

    private string Titles => Path.Combine(_notes, "saved.txt");

    /// <summary>Whether the receiver refuses the request of this number.</summary>
    public static bool Fails(int request) => request < Scripted && request % 7 == 3;

    /// <summary>Makes the database, with a page and the notifications, in a folder of its own.</summary>
    /// <param name="within">Where; among the machine's temporary files unless told otherwise.</param>
    /// <param name="more">How many more notifications get the events that <see cref="SaveLarge"/> asks for.</param>
    public static async Task<ProgramRig> StartAsync(string? within = null, int more = 0)
    {
        var folder = within is null
            ? Directory.CreateTempSubdirectory("atstatus-chaos-").FullName
            : Directory.CreateDirectory(Path.Combine(within, Guid.NewGuid().ToString("N"))).FullName;
        Directory.CreateDirectory(Path.Combine(folder, "data"));
        var rig = new ProgramRig(folder, more);
        await using var app = await CoreApp.StartAsync(rig._database, keepDatabase: true);
        await app.SampleDataAsync();
        for (var i = 0; i < Notifications; i++)
            await app.NotificationAsync(rig.Receiver.Url, name: $"Receiver {i}", events: EventType.IncidentCreated);
        if (more > 0)
            await AddCriticalOnlyAsync(app, more);
        return rig;
    }

    /// <summary>Adds notifications for critical incidents only, in one transaction: a thousand saves would take longer than the test.</summary>
    private static async Task AddCriticalOnlyAsync(CoreApp app, int count)
    {
        await using var db = app.Open();
        var like = await db.Notifications.AsNoTracking().OrderBy(n => n.Id).FirstAsync();
        var all = new List<Notification>();
        for (var i = 0; i < count; i++)
        {
            all.Add(new Notification
            {
                Kind = like.Kind,
                Name = $"Critical only {i}",
                Transport = like.Transport,
                Enabled = true,
                CreatedAt = like.CreatedAt,
            });
            all[i].Apply(new Subscription([EventType.IncidentCreated]) { MinSeverity = IncidentSeverity.Critical });
        }
        await using var transaction = await db.Database.BeginTransactionAsync();
        db.Notifications.AddRange(all);
        await db.SaveChangesAsync();
        db.NotificationHealth.AddRange(all.Select(n => NotificationHealth.Fresh(n.Id, n.CreatedAt)));
        await db.SaveChangesAsync();
        await transaction.CommitAsync();
    }

    /// <summary>Starts the program.</summary>
    /// <param name="saving">Whether it saves events without pause.</param>
    /// <param name="environment">Variables of its own.</param>
    public Task<ConsoleProcess> RunAsync(bool saving, IReadOnlyDictionary<string, string?>? environment = null) => ConsoleProcess.StartAsync(
        _folder,
        new Dictionary<string, string?>(environment ?? new Dictionary<string, string?>())
        {
            ["DOTNET_STARTUP_HOOKS"] = typeof(ProgramRig).Assembly.Location,
            [StartupHook.FileVariable] = saving ? Titles : "",
        },
        "--Webhooks:RetryBaseDelay=00:00:01", "--Webhooks:RetryFactor=1", "--Webhooks:MaxAttempts=15",
        "--Admin:Email=" + ConsoleApp.AdminEmail, "--Admin:Password=" + ConsoleApp.AdminPassword, "--Logging:LogLevel:Default=Warning",
        "--Logging:LogLevel:Microsoft.Hosting.Lifetime=Information");

    /// <summary>Lets the program, when it is started or as soon as it can, save one event that all the further notifications get.</summary>
    public void SaveLarge() => File.Create(Titles + StartupHook.Large).Dispose();

    /// <summary>How many deliveries of such events are so.</summary>
    public long CountLarge(string where) => Count($"NotificationId > {Notifications} AND {where}");

    /// <summary>Lets a running program save nothing more.</summary>
    public void StopSaving() => File.Create(Titles + StartupHook.Pause).Dispose();

    /// <summary>How many deliveries are so.</summary>
    public long Count(string where)
    {
        using var connection = new SqliteConnection(ConnectionString);
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The conditions are those of these tests.
        command.CommandText = $"PRAGMA busy_timeout=10000; SELECT COUNT(*) FROM Deliveries WHERE {where}";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        while (reader.Read() && reader.GetName(0) != "COUNT(*)")
            reader.NextResult();
        return reader.GetInt64(0);
    }

    /// <summary>
    /// Holds what came against what was saved: nothing is lost, nothing is there by half, and each request carries the identity and the
    /// bytes of its delivery.
    /// </summary>
    public async Task<Comparison> CompareAsync()
    {
        await using var app = await CoreApp.StartAsync(_database, keepDatabase: true);
        await using var db = app.Open();
        var deliveries = await db.Deliveries.AsNoTracking().Include(d => d.Event).Include(d => d.Attempts).AsSplitQuery().ToListAsync();
        var titles = deliveries.Select(d => d.Event!.Title).ToHashSet();
        Assert.All(Lines(Titles), title => Assert.Contains(title, titles));

        // An incident has its event and all its deliveries, and none of them is without its incident.
        var incidents = await db.Incidents.AsNoTracking().Include(i => i.Updates).ToListAsync();
        Assert.All(incidents, incident => Assert.Single(incident.Updates));
        var events = await db.Events.AsNoTracking().Select(e => e.Title).ToListAsync();
        Assert.Equal(incidents.Select(i => i.Title).Order(), events.Order());
        var recipients = incidents.ToDictionary(i => i.Title, i => Notifications + (i.Severity == IncidentSeverity.Critical ? _more : 0));
        Assert.All(deliveries.GroupBy(d => d.Event!.Title), group => Assert.Equal(recipients[group.Key], group.Count()));
        Assert.Equal(recipients.Values.Sum(), deliveries.Count);

        // Each saved delivery came, with its own bytes under its own id, and nothing else came.
        var requests = Receiver.Requests.ToLookup(r => r.Header("X-Request-ID")!);
        Assert.Equal(deliveries.Select(d => d.RequestId.ToString()).Order(), requests.Select(r => r.Key).Order());
        foreach (var delivery in deliveries)
            Assert.All(requests[delivery.RequestId.ToString()], r => Assert.True(r.Body.AsSpan().SequenceEqual(delivery.Event!.Payload)));
        var recorded = deliveries.Sum(d => d.Attempts.Count(a => a.Failure != FailureKind.Cancelled));
        var failed = Lines(Titles + StartupHook.Failed).Select(line => line.Split(' ')[0]).ToList();
        return new Comparison(Receiver.Requests.Count - recorded, incidents.Count, failed.Count, failed.Count(titles.Contains));
    }

    public async ValueTask DisposeAsync()
    {
        await Receiver.DisposeAsync();
        await _database.DisposeAsync();
        Directory.Delete(_notes, recursive: true);
    }

    private static string[] Lines(string file)
    {
        if (!File.Exists(file))
            return [];
        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite));
        // The last line may be half written.
        var text = reader.ReadToEnd();
        return text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }

    /// <summary>What came of it.</summary>
    /// <param name="Repeats">Requests that no recorded attempt stands for.</param>
    /// <param name="Events">Events saved.</param>
    /// <param name="FailedSaves">Savings that failed with an error.</param>
    /// <param name="FailedButSaved">Those of them that are there all the same: the error came after the commit.</param>
    public sealed record Comparison(long Repeats, int Events, int FailedSaves, int FailedButSaved);
}
