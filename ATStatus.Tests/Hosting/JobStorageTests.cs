using ATStatus.Admin.Hosting.Database;
using ATStatus.Admin.Hosting.Jobs;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.Common;
using Hangfire.InMemory;
using Hangfire.Server;
using Hangfire.SqlServer;
using Hangfire.States;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace ATStatus.Tests.Hosting;

/// <summary>The job storages: what they keep, how they are made, and how it is known that the job servers live.</summary>
public sealed class JobStorageTests
{
    [Theory]
    [InlineData("Succeeded")]
    [InlineData("Deleted")]
    [InlineData("Failed")]
    public async Task Of_jobs_that_have_ended_the_newest_thousand_are_kept(string state)
    {
        using var storage = JobHosting.InMemory();
        var client = new BackgroundJobClient(storage, new JobFilterCollection { new KeptJobs() });
        var jobs = new List<string>();
        for (var i = 0; i < KeptJobs.Count + 5; i++)
        {
            jobs.Add(client.Create<Work>(w => w.Run(), new EnqueuedState()));
            Assert.True(client.ChangeState(jobs[^1], Ended(state)));
        }
        // One that would have been the next to go lives again.
        Assert.True(client.ChangeState(jobs[5], new EnqueuedState()));
        jobs.Add(client.Create<Work>(w => w.Run(), new EnqueuedState()));
        Assert.True(client.ChangeState(jobs[^1], Ended(state)));

        using var connection = storage.GetConnection();
        await Eventually.TrueAsync(() => jobs.Take(5).All(job => connection.GetJobData(job) is null));
        Assert.All(jobs.Skip(5), job => Assert.NotNull(connection.GetJobData(job)));
        Assert.Equal(EnqueuedState.StateName, connection.GetStateData(jobs[5]).Name);
    }

    [Fact]
    public void What_has_succeeded_or_was_deleted_expires_after_ten_minutes_and_what_failed_does_not()
    {
        using var memory = JobHosting.InMemory();
        Assert.Equal(TimeSpan.FromMinutes(10), memory.JobExpirationTimeout);
        Assert.Equal(TimeSpan.FromMinutes(10), JobHosting.SqlServer("Server=none").JobExpirationTimeout);
        var client = new BackgroundJobClient(memory, new JobFilterCollection { new KeptJobs() });
        var ends = ((string[])["Succeeded", "Deleted", "Failed"]).ToDictionary(state => state, state =>
        {
            var job = client.Create<Work>(w => w.Run(), new EnqueuedState());
            Assert.True(client.ChangeState(job, Ended(state)));
            return memory.GetMonitoringApi().JobDetails(job).ExpireAt;
        });
        Assert.NotNull(ends["Succeeded"]);
        Assert.NotNull(ends["Deleted"]);
        Assert.Null(ends["Failed"]);
    }

    [Fact]
    public void Sql_server_s_storage_is_made_without_asking_a_server()
    {
        // Otherwise it would try to make its tables here, swallow that it cannot, and never fetch a job.
        var options = JobHosting.SqlServerOptions();
        Assert.False(options.PrepareSchemaIfNecessary);
        Assert.False(options.TryAutoDetectSchemaDependentOptions);
        Assert.True(options.UseIgnoreDupKeyOption);
        Assert.True(options.DisableGlobalLocks);
        Assert.Equal(TimeSpan.FromMinutes(1), options.SlidingInvisibilityTimeout);
        Assert.IsType<SqlServerStorage>(JobHosting.SqlServer("Server=none"));
        Assert.Contains("SET @TARGET_SCHEMA_VERSION = 9;", JobSchema.Script, StringComparison.Ordinal);
        Assert.DoesNotContain("\nSET @DISABLE_HEAVY_MIGRATIONS = 1;", JobSchema.Script.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_statement_that_clears_jobs_away_parses()
    {
        new TSql150Parser(initialQuotedIdentifiers: true).Parse(new StringReader(KeptJobsOfSqlServer.Statement), out var errors);
        Assert.Empty(errors);
    }

    [Fact]
    public async Task On_sql_server_the_newest_thousand_are_kept_and_the_others_expire()
    {
        await using var database = TestDatabase.SqlServer();
        await using var services = new ServiceCollection().AddLogging().AddPersistence(database.Options)
            .AddSingleton<DatabaseMigrator>().BuildServiceProvider();
        await services.GetRequiredService<DatabaseMigrator>().CreateAsync(Stop);
        await JobSchema.InstallAsync(database.Options, Stop);
        await JobSchema.InstallAsync(database.Options, Stop);
        var storage = JobHosting.SqlServer(database.Options.ConnectionString);
        var client = new BackgroundJobClient(storage);
        var jobs = Enumerable.Range(0, KeptJobs.Count + 5).Select(_ => client.Create<Work>(w => w.Run(), Ended("Failed"))).ToList();

        await ActivatorUtilities.CreateInstance<KeptJobsOfSqlServer>(services).TrimAsync(Stop);

        var monitoring = storage.GetMonitoringApi();
        Assert.All(jobs.Take(5), job => Assert.NotNull(monitoring.JobDetails(job).ExpireAt));
        Assert.All(jobs.Skip(5).Take(5), job => Assert.Null(monitoring.JobDetails(job).ExpireAt));
    }

    [Fact]
    public void Refusals_are_one_line_that_says_what_to_do()
    {
        Assert.Contains("--database-script", JobSchema.Refused(262).Message, StringComparison.Ordinal);
        Assert.Contains("error 262", JobSchema.Refused(262).Message, StringComparison.Ordinal);
        Assert.Contains("Another instance is starting", SqlServerStartLock.Refused(-1).Message, StringComparison.Ordinal);
        Assert.Contains("answered -999", SqlServerStartLock.Refused(-999).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Servers_live_as_long_as_their_heartbeats_are_new()
    {
        var time = new FakeTimeProvider();
        using var storage = new InMemoryStorage();
        await using var database = TestDatabase.Sqlite();
        await using var services = new ServiceCollection().AddLogging().AddPersistence(database.Options).BuildServiceProvider();
        using var beats = new JobHeartbeats(
            () => ["Here:1:first:ab", "Here:1:retries:ab"], storage, services.GetRequiredService<DatabaseWritability>(), time,
            NullLogger<JobHeartbeats>.Instance);
        Assert.False(beats.AreAlive);
        beats.Begin();
        Assert.True(beats.AreAlive);

        // The first minute is for the first heartbeats; another's server is none of ours.
        using var connection = storage.GetConnection();
        connection.AnnounceServer("here:1:first:ab:one", new ServerContext());
        connection.AnnounceServer("there:1:retries:cd:two", new ServerContext());
        time.Advance(JobHeartbeats.Patience);
        beats.Look();
        Assert.True(beats.AreAlive);
        time.Advance(TimeSpan.FromSeconds(1));
        Assert.False(beats.AreAlive);

        connection.AnnounceServer("here:1:retries:ab:three", new ServerContext());
        beats.Look();
        Assert.True(beats.AreAlive);

        // The same heartbeats, seen again and again, are none.
        for (var looks = 0; looks < 7; looks++)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            beats.Look();
        }
        Assert.False(beats.AreAlive);
    }

    [Fact]
    public async Task A_console_knows_its_own_servers_and_is_ready_with_them()
    {
        await using var console = await ConsoleApp.StartAsync();
        var servers = console.Services.GetRequiredService<JobServers>();
        var storage = console.Services.GetRequiredService<JobStorage>();
        Assert.NotEmpty(servers.Names);
        await Eventually.TrueAsync(() => servers.Names.All(name =>
            storage.GetMonitoringApi().Servers().Any(s => s.Name.StartsWith($"{name}:", StringComparison.OrdinalIgnoreCase) && s.Heartbeat is not null)));
        Assert.Equal(servers.Names.Count, servers.Names.Distinct(StringComparer.OrdinalIgnoreCase).Count());
        Assert.True(console.Services.GetRequiredService<JobHeartbeats>().AreAlive);
        using var client = console.CreateClient();
        Assert.Equal("Healthy", await client.GetStringAsync("healthz/ready", Stop));
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static IState Ended(string state) => state switch
    {
        "Succeeded" => new SucceededState(null, 0, 0),
        "Deleted" => new DeletedState(),
        _ => new FailedState(new InvalidOperationException("No.")),
    };

    /// <summary>A job that nobody runs.</summary>
    public sealed class Work
    {
        public void Run() => throw new NotSupportedException();
    }
}
