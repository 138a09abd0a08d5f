using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Access.Audit;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Recovery;
using Hangfire;
using Hangfire.Common;
using Hangfire.InMemory;
using Hangfire.SqlServer;
using Microsoft.Data.SqlClient;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>Hangfire, without its statics: every host has its own storage, filters and servers.</summary>
internal static class JobHosting
{
    /// <summary>Where the dashboard stands.</summary>
    public const string DashboardPath = "/hangfire";

    /// <summary>Adds the job storage, the client, the servers and, after them, the sweeper.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services, AdminSettings settings)
    {
        var inMemory = settings.Database.Provider == DatabaseProvider.Sqlite;
        // Before AddHangfire, whose own registrations (the statics) then stand back.
        services.AddSingleton<JobStorage>(_ => inMemory ? InMemory() : SqlServer(settings.Database.ConnectionString));
        if (inMemory)
            services.AddSingleton<KeptJobs>();
        else
            services.AddHostedService<KeptJobsOfSqlServer>();
        services.AddSingleton<JobActivator, DeliveryJobActivator>();
        services.AddSingleton<IJobFilterProvider, JobFilters>();
        services.AddHangfire((provider, hangfire) => hangfire
            .UseLogProvider(new HangfireLogs(provider.GetRequiredService<ILoggerFactory>())));

        services.AddSingleton(ShutdownLimits.For(settings.Webhooks, inMemory));
        // First: whether the database can be written, whether sending is paused and whether the clock is believed is known before a worker
        // fetches a job.
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseMonitor>());
        services.AddHostedService<SendingPauseWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryRetention>());
        services.AddHostedService<ChangeWatch>();
        services.AddHostedService(provider => provider.GetRequiredService<UncountedAttempts>());
        services.AddSingleton<JobServers>();
        services.AddHostedService(provider => provider.GetRequiredService<JobServers>());
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<JobHeartbeats>(
            provider, (Func<IReadOnlyList<string>>)(() => provider.GetRequiredService<JobServers>().Names)));
        services.AddHostedService(provider => provider.GetRequiredService<JobHeartbeats>());
        // Stopped in the reverse order: nothing is handed over any more while the servers end their jobs.
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryDispatcher>());
        services.AddHostedService<Sweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<RecoveryRunner>());
        services.AddHostedService(provider => provider.GetRequiredService<NotificationRemoval>());
        services.AddHostedService<MaintenanceClock>();
        services.AddHostedService(provider => provider.GetRequiredService<AuditSealer>());
        services.AddHostedService(provider => provider.GetRequiredService<AuditRetention>());
        services.AddHostedService(provider => provider.GetRequiredService<TitleFolder>());
        services.AddHostedService(provider => provider.GetRequiredService<EventComponentFiller>());
        return services;
    }

    /// <summary>
    /// Maps the dashboard for administrators. It asks for the job storage at once: call it when the database and its tables exist.
    /// </summary>
    public static void MapJobsDashboard(this IEndpointRouteBuilder endpoints, HostingSettings hosting, string policy)
    {
        JobLinks.Add();
        endpoints.MapHangfireDashboardWithAuthorizationPolicy(policy, DashboardPath, new DashboardOptions
        {
            DashboardTitle = "ATStatus jobs",
            AppPath = $"{hosting.PathBase}/admin",
            DisplayStorageConnectionString = false,
            // As the system is: the console's own choice stands in storage that the dashboard's pages do not read.
            DarkModeEnabled = true,
        });
    }

    internal static InMemoryStorage InMemory() => new(new InMemoryStorageOptions
    {
        // The rows are the log; the dashboard's memory of counters is bounded by time, that of a job by history.
        MaxExpirationTime = TimeSpan.FromHours(3),
        MaxStateHistoryLength = 50,
    })
    {
        JobExpirationTimeout = KeptJobs.Time,
    };

    internal static SqlServerStorage SqlServer(string connectionString) => new(connectionString, SqlServerOptions())
    {
        JobExpirationTimeout = KeptJobs.Time,
    };

    internal static SqlServerStorageOptions SqlServerOptions() => new()
    {
        SqlClientFactory = SqlClientFactory.Instance,
        SchemaName = JobSchema.Name,
        // JobSchema has done that, and the start was refused where it failed.
        PrepareSchemaIfNecessary = false,
        // What that schema has. Asked for, it would be asked of a server that may be away at this moment, and then not be used.
        TryAutoDetectSchemaDependentOptions = false,
        UseIgnoreDupKeyOption = true,
        QueuePollInterval = TimeSpan.FromMilliseconds(200),
        // It slides while a worker lives; of a dead instance's jobs, the others learn after this long. An outage that is longer may run a
        // job twice, which the claims of deliveries make harmless.
        SlidingInvisibilityTimeout = TimeSpan.FromMinutes(1),
        // A worker whose statement hangs on a dead connection is back within these.
        CommandTimeout = TimeSpan.FromSeconds(15),
        CommandBatchMaxTimeout = TimeSpan.FromSeconds(30),
        UseRecommendedIsolationLevel = true,
        DisableGlobalLocks = true,
        // Jobs are kept for minutes, so what has expired is many rows in few minutes: looked for often, deleted in small steps.
        JobExpirationCheckInterval = TimeSpan.FromMinutes(1),
        DeleteExpiredBatchSize = 1000,
    };
}
