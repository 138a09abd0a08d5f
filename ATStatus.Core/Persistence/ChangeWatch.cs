using System.Diagnostics.CodeAnalysis;
using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Where there may be other instances, which SQLite has none of: asks every three seconds, while a page is open here, whether one of them changed something that
/// operators edit, and signals it in this process. Sums of small tables, once for all pages.
/// </summary>
public sealed partial class ChangeWatch(
    IDbContextFactory<AtStatusDbContext> contexts, ChangeFeed changes, DatabaseOptions options, DatabaseWritability writability, TimeProvider time,
    ILogger<ChangeWatch> logger)
    : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);
    private Fingerprint? _seen;

    [SuppressMessage("Design", "CA1031", Justification = "A look that fails (a database out of reach) is made again; the watch must not die.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (options.Dialect.IsShared && !stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await writability.WaitAsync(stoppingToken);
                await LookAsync(stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!writability.Explains(e))
                    LogLookFailed(e);
            }
        }
    }

    /// <summary>One look, and the signal where something differs from the last one.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        if (!changes.HasSubscribers)
        {
            // Nobody looked on: the first look for the next page cannot know what was changed since it was read.
            _seen = null;
            return;
        }
        var now = await ReadAsync(cancellationToken);
        if (now == _seen)
            return;
        _seen = now;
        changes.Signal();
    }

    private async Task<Fingerprint> ReadAsync(CancellationToken cancellationToken)
    {
        await using var db = await contexts.CreateDbContextAsync(cancellationToken);
        return new Fingerprint(
            await OfAsync(db.StatusPages, p => new Sums { Id = p.Id, Version = p.Version, Place = 0 }),
            // Places are written past the versions.
            await OfAsync(db.ComponentGroups, g => new Sums { Id = g.Id, Version = g.Version, Place = (long)g.Position * g.Id }),
            await OfAsync(db.Components, c => new Sums { Id = c.Id, Version = c.Version, Place = (c.Position + (1000L * (c.GroupId ?? 0))) * c.Id }),
            await OfAsync(db.Incidents, i => new Sums { Id = i.Id, Version = i.Version, Place = 0 }),
            await OfAsync(db.MaintenanceWindows, w => new Sums { Id = w.Id, Version = w.Version, Place = 0 }),
            await OfAsync(db.Notifications, n => new Sums { Id = n.Id, Version = n.Version, Place = 0 }));

        // A row that came, went or was written changes a number or a sum.
        async Task<Sums> OfAsync<T>(IQueryable<T> rows, Expression<Func<T, Sums>> values)
            where T : class =>
            await rows.Select(values).GroupBy(_ => 1)
                .Select(all => new Sums { Id = all.Max(v => v.Id) + all.Count(), Version = all.Sum(v => v.Version), Place = all.Sum(v => v.Place) })
                .SingleOrDefaultAsync(cancellationToken) ?? new Sums();
    }

    private sealed record Sums
    {
        public long Id { get; init; }

        public long Version { get; init; }

        public long Place { get; init; }
    }

    private sealed record Fingerprint(Sums Pages, Sums Groups, Sums Components, Sums Incidents, Sums Windows, Sums Notifications);

    [LoggerMessage(LogLevel.Error, "Asking what other instances changed failed; trying again.")]
    private partial void LogLookFailed(Exception e);
}
