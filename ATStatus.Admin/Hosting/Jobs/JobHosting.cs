using ATStatus.Admin.Hosting.Configuration;
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
        services.AddSingleton<JobServers>();
        services.AddHostedService(provider => provider.GetRequiredService<JobServers>());
        // Stopped in the reverse order: nothing is handed over any more while the servers end their jobs.
        services.AddHostedService(provider => provider.GetRequiredService<DeliveryDispatcher>());
        services.AddHostedService<Sweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<RecoveryRunner>());
        services.AddHostedService(provider => provider.GetRequiredService<NotificationRemoval>());
        services.AddHostedService<MaintenanceClock>();
        services.AddHostedService(provider => provider.GetRequiredService<AttemptCounter>());
        services.AddHostedService(provider => provider.GetRequiredService<TitleFolder>());
        services.AddHostedService(provider => provider.GetRequiredService<EventComponentFiller>());
        return services;
    }

    /// <summary>
    /// Maps the dashboard for administrators. It asks for the job storage at once, and SQL Server's makes its tables
    /// then: call it when the database exists.
    /// </summary>
    public static void MapJobsDashboard(this IEndpointRouteBuilder endpoints, HostingSettings hosting, string policy) =>
        endpoints.MapHangfireDashboardWithAuthorizationPolicy(policy, DashboardPath, new DashboardOptions
        {
            DashboardTitle = "ATStatus jobs",
            AppPath = $"{hosting.PathBase}/admin",
            DisplayStorageConnectionString = false,
        });

    private static InMemoryStorage InMemory() => new(new InMemoryStorageOptions
    {
        // The rows are the log; the dashboard's memory of finished jobs is bounded by time and by history.
        MaxExpirationTime = TimeSpan.FromHours(3),
        MaxStateHistoryLength = 50,
    });

    private static SqlServerStorage SqlServer(string connectionString) => new(connectionString, new SqlServerStorageOptions
    {
        PrepareSchemaIfNecessary = true,
        QueuePollInterval = TimeSpan.FromMilliseconds(200),
        // It slides while a worker lives; of a dead instance's jobs, the others learn after this long.
        SlidingInvisibilityTimeout = TimeSpan.FromMinutes(1),
        CommandBatchMaxTimeout = TimeSpan.FromMinutes(5),
        UseRecommendedIsolationLevel = true,
        DisableGlobalLocks = true,
    });
}
