using ATStatus.Core.Persistence.Audit;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Persistence.SqlServer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Storage;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Persistence;

/// <summary>Registers the context of the configured provider.</summary>
public static class PersistenceServices
{
    /// <summary>
    /// Adds a factory of <see cref="AtStatusDbContext"/> (one context per operation), and a scoped context for the
    /// libraries that ask for one (Identity, Data Protection).
    /// </summary>
    public static IServiceCollection AddPersistence(this IServiceCollection services, DatabaseOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.TryAddSingleton(new InstanceOptions(SingleInstance: options.Provider == DatabaseProvider.Sqlite));
        services.AddSingleton<DatabaseProbe>();
        services.AddSingleton<DatabaseWritability>();
        services.AddSingleton<DatabaseMonitor>();
        services.AddSingleton<NotificationWrites>();
        services.AddSingleton<AuditWriter>();
        services.AddSingleton<WriteInterceptor>();
        services.AddSingleton<UpdateTimes>();
        services.AddSingleton<SqliteWriteLock>();
        services.TryAddSingleton(DatabasePlace.Of(options, Environment.MachineName));
        services.AddSingleton<DatabaseIdentityStore>();
        services.AddSingleton<DatabaseUse>();
        if (options.Provider == DatabaseProvider.Sqlite)
            services.AddProvider<SqliteAtStatusDbContext>(builder => builder
                .UseSqlite(options.ConnectionString)
                .ReplaceService<IRelationalTransactionFactory, SqliteTransactionFactory>()
                .AddInterceptors(SqliteConnectionSetup.Instance));
        else
            services.AddProvider<SqlServerAtStatusDbContext>(
                builder => builder.UseSqlServer(options.ConnectionString, SqlServerAtStatusDbContext.Configure));
        services.AddScoped(provider => provider.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContext());
        return services;
    }

    private static void AddProvider<TContext>(this IServiceCollection services, Action<DbContextOptionsBuilder> configure)
        where TContext : AtStatusDbContext
    {
        services.AddPooledDbContextFactory<TContext>((provider, builder) =>
        {
            configure(builder);
            builder.AddInterceptors(provider.GetRequiredService<WriteInterceptor>(), provider.GetRequiredService<UpdateTimes>());
            // Whoever meets the failure says so, once; and while the database is away, nobody a hundred times.
            builder.ConfigureWarnings(warnings => warnings.Log(
                (CoreEventId.SaveChangesFailed, LogLevel.Debug), (RelationalEventId.CommandError, LogLevel.Debug),
                (RelationalEventId.ConnectionError, LogLevel.Debug), (RelationalEventId.TransactionError, LogLevel.Debug),
                (CoreEventId.QueryIterationFailed, LogLevel.Debug)));
        });
        services.AddSingleton<IDbContextFactory<AtStatusDbContext>, Factory<TContext>>();
    }

    private sealed class Factory<TContext>(IDbContextFactory<TContext> inner) : IDbContextFactory<AtStatusDbContext>
        where TContext : AtStatusDbContext
    {
        public AtStatusDbContext CreateDbContext() => inner.CreateDbContext();

        public async Task<AtStatusDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default) =>
            await inner.CreateDbContextAsync(cancellationToken);
    }
}
