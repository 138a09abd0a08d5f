using System.Data.Common;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Recovery;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.Common;
using Microsoft.AspNetCore.Components;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Outbox;

/// <summary>What a database out of breath, a circuit's own thread, or a bug in a sender must not do.</summary>
public sealed class FaultTests
{
    [Fact]
    public async Task Redelivering_from_a_circuit_does_not_wait_for_itself()
    {
        await using var app = await CoreApp.StartAsync(configure: o => o.MaxAttempts = 1, more: ReallyAsynchronous);
        using var closed = LoopbackReceiver.RefusingPort(out var port);
        var id = await DeliveryAsync(app, new Uri($"http://127.0.0.1:{port}/hook"));
        var options = new BackgroundJobServerOptions
        {
            Queues = [QueueNames.Events],
            WorkerCount = 2,
            Activator = app.Get<DeliveryJobActivator>(),
            FilterProvider = app.Get<IJobFilterProvider>(),
        };
        using (new BackgroundJobServer(options, app.Get<JobStorage>()))
            await Eventually.TrueAsync(() => app.Get<JobStorage>().GetMonitoringApi().FailedCount() == 1);

        // What a page does: everything after an await comes back to the circuit, one thing at a time.
        var circuit = Dispatcher.CreateDefault();
        await Task.Run(() => circuit.InvokeAsync(() => app.Get<RedeliveryService>().RedeliverAsync(id))).WaitAsync(TimeSpan.FromSeconds(15));
        Assert.Equal(DeliveryState.Pending, Assert.Single(await app.DeliveriesAsync()).State);
        Assert.Single(app.EnqueuedJobs(QueueNames.Own));
    }

    [Fact]
    public async Task A_result_whose_writing_fails_for_a_moment_is_written_all_the_same()
    {
        var fault = new FailOnce();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var app = await CoreApp.StartAsync(
            more: services => services.ConfigureDbContext<SqliteAtStatusDbContext>(builder => builder.AddInterceptors(fault)));
        var id = await DeliveryAsync(app, receiver.Url);
        fault.IsArmed = true;
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await app.RunJobAsync(id)).Kind);
        Assert.False(fault.IsArmed);
        Assert.Null(Assert.Single(Assert.Single(await app.DeliveriesAsync()).Attempts).Failure);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task What_meets_a_database_that_cannot_be_written_waits_and_results_are_written_first()
    {
        var fault = new FailToBegin();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var app = await CoreApp.StartAsync(
            more: services => services.ConfigureDbContext<SqliteAtStatusDbContext>(builder => builder.AddInterceptors(fault)));
        await app.NotificationAsync(receiver.Url, events: EventType.ComponentStatusChanged);
        foreach (var component in (await app.SampleDataAsync()).Components.Take(4))
            await app.Get<ComponentService>().SetStatusAsync(component.Id, ComponentStatus.Degraded);
        var ids = (await app.DeliveriesAsync()).Select(d => d.Id).ToList();
        Assert.Equal(4, ids.Count);
        var store = app.Get<DeliveryStore>();
        var first = Assert.IsType<ClaimResult.Claimed>(await store.ClaimAsync(ids[0], null)).Claim;

        Task<ClaimResult>[] claims;
        Task<RecordedAttempt?> recorded;
        using (await app.Get<SqliteWriteLock>().EnterAsync())
        {
            claims = [.. ids.Skip(1).Select(id => store.ClaimAsync(id, null))];
            recorded = store.RecordAsync(first, new SendResult { StartedAt = app.Time.GetUtcNow(), Duration = TimeSpan.Zero, StatusCode = 200 });
            fault.IsArmed = true;
        }
        Assert.Equal(DeliveryState.Delivered, (await recorded)!.State);
        foreach (var claim in claims)
        {
            var mine = Assert.IsType<ClaimResult.Claimed>(await claim).Claim;
            await store.RecordAsync(mine, new SendResult { StartedAt = app.Time.GetUtcNow(), Duration = TimeSpan.Zero, StatusCode = 200 });
        }
        Assert.Equal(1, fault.Failures);
        Assert.All(await app.DeliveriesAsync(), d => Assert.Single(d.Attempts));
    }

    [Fact]
    public async Task A_bug_in_a_sender_is_a_failed_attempt_and_not_the_end_of_the_delivery()
    {
        await using var app = await CoreApp.StartAsync(more: services =>
        {
            services.AddSingleton<IDeliverySender, BrokenSender>();
        });
        var page = await app.SampleDataAsync();
        await app.Get<NotificationService>().CreateAsync(new NotificationInput(
            "broken", "Broken", new("https://example.com/"), new([.. EventTypes.All])));
        await app.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, ComponentStatus.Degraded);
        var id = Assert.Single(await app.DeliveriesAsync()).Id;
        Assert.Equal(DeliveryOutcomeKind.RunAgain, (await app.RunJobAsync(id)).Kind);
        var delivery = Assert.Single(await app.DeliveriesAsync());
        Assert.Equal(DeliveryState.Retrying, delivery.State);
        Assert.Equal(1, delivery.RoundAttempts);
        Assert.DoesNotContain("boom", Assert.Single(delivery.Attempts).Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deleting_a_notification_skips_what_waits_for_it_at_once()
    {
        await using var app = await CoreApp.StartAsync();
        var id = await DeliveryAsync(app, new Uri("http://127.0.0.1:9/hook"));
        await app.Get<NotificationService>().DeleteAsync(1);
        var delivery = Assert.Single(await app.DeliveriesAsync());
        Assert.Equal(DeliveryState.Skipped, delivery.State);
        Assert.Equal(DeliveryStore.NotificationDeleted, delivery.Reason);
        Assert.Equal(DeliveryOutcomeKind.Nothing, (await app.RunJobAsync(id)).Kind);
    }

    private static async Task<long> DeliveryAsync(CoreApp app, Uri url)
    {
        var page = await app.SampleDataAsync();
        await app.NotificationAsync(url);
        await app.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, ComponentStatus.Degraded);
        return Assert.Single(await app.DeliveriesAsync()).Id;
    }

    /// <summary>SQLite answers on the caller's thread; a server does not, and then a wait for oneself shows.</summary>
    private static void ReallyAsynchronous(IServiceCollection services)
    {
        var inner = services.Last(d => d.ServiceType == typeof(IDbContextFactory<AtStatusDbContext>)).ImplementationType!;
        services.AddSingleton<IDbContextFactory<AtStatusDbContext>>(provider =>
            new YieldingFactory((IDbContextFactory<AtStatusDbContext>)ActivatorUtilities.CreateInstance(provider, inner)));
    }

    private sealed class YieldingFactory(IDbContextFactory<AtStatusDbContext> inner) : IDbContextFactory<AtStatusDbContext>
    {
        public AtStatusDbContext CreateDbContext() => inner.CreateDbContext();

        public async Task<AtStatusDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            await Task.Run(() => { }, cancellationToken).ConfigureAwait(false);
            return inner.CreateDbContext();
        }
    }

    /// <summary>Lets one commit fail: the second after it was armed, which is the result's (the first is the claim's).</summary>
    private sealed class FailOnce : DbTransactionInterceptor
    {
        private int _commits;

        public bool IsArmed { get; set; }

        public override ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result, CancellationToken cancellationToken = default)
        {
            if (IsArmed && ++_commits == 2)
            {
                IsArmed = false;
                throw new TimeoutException("The database is busy.");
            }
            return base.TransactionCommittingAsync(transaction, eventData, result, cancellationToken);
        }
    }

    /// <summary>Lets one transaction fail to begin.</summary>
    private sealed class FailToBegin : DbTransactionInterceptor
    {
        public bool IsArmed { get; set; }

        public int Failures { get; private set; }

        public override ValueTask<InterceptionResult<DbTransaction>> TransactionStartingAsync(
            DbConnection connection, TransactionStartingEventData eventData, InterceptionResult<DbTransaction> result,
            CancellationToken cancellationToken = default)
        {
            if (!IsArmed)
                return base.TransactionStartingAsync(connection, eventData, result, cancellationToken);
            IsArmed = false;
            Failures++;
            // It is asked after the product's own, which has begun one.
            result.Result.Dispose();
            SqliteWriteTurn.End(result.Result);
            throw new SqliteException("database is locked", 5);
        }
    }

    private sealed class BrokenSender : IDeliverySender
    {
        public string Kind => "broken";

        public Task<SendResult> SendAsync(SendRequest request, CancellationToken cancellationToken) => throw new InvalidOperationException("boom");

        public EndpointCheck ParseUrl(string? url) => new(new Uri(url!), [], []);

        public Task<EndpointCheck> CheckUrlAsync(string? url, CancellationToken cancellationToken) => Task.FromResult(ParseUrl(url));
    }
}
