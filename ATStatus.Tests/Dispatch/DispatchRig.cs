using ATStatus.Core.Deliveries;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.Common;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Dispatch;

/// <summary>The library with real workers and, where a test moves it, a fake clock.</summary>
internal sealed class DispatchRig : IAsyncDisposable
{
    private readonly List<BackgroundJobServer> _servers = [];

    public required CoreApp App { get; init; }

    public required StatusPage Page { get; init; }

    public static async Task<DispatchRig> StartAsync(Action<Core.Sending.WebhookOptions> configure, TestDatabase? database = null)
    {
        var app = await CoreApp.StartAsync(database, configure);
        var rig = new DispatchRig { App = app, Page = await app.SampleDataAsync() };
        var workers = app.Get<Core.Sending.WebhookOptions>();
        foreach (var (queues, count) in new (string[], int)[] { ([QueueNames.Events], workers.Workers), ([QueueNames.Own, QueueNames.Retries], workers.RetryWorkers) })
        {
            rig._servers.Add(new BackgroundJobServer(
                new BackgroundJobServerOptions
                {
                    Queues = queues,
                    WorkerCount = count,
                    Activator = app.Get<DeliveryJobActivator>(),
                    FilterProvider = app.Get<IJobFilterProvider>(),
                    IsLightweightServer = true,
                    StopTimeout = TimeSpan.Zero,
                },
                app.Get<JobStorage>()));
        }
        return rig;
    }

    public async Task RaiseAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await App.Get<ComponentService>().CreateAsync(new ComponentInput(Page.Id, $"Part {i}", ComponentStatus.Operational));
    }

    public Task<int> IncidentAsync(string title) => App.Get<IncidentService>().CreateAsync(
        new IncidentInput(Page.Id, title, IncidentSeverity.Minor, IncidentStatus.Investigating, "m", []), new Actor("op"));

    public long Processing() => App.Get<JobStorage>().GetMonitoringApi().ProcessingCount();

    /// <summary>Moves the clock and lets those look who wait for a moment: queues, and retries whose jobs Hangfire keeps by the real clock.</summary>
    public void Advance(TimeSpan by)
    {
        App.Time.Advance(by);
        var storage = App.Get<JobStorage>();
        foreach (var job in storage.GetMonitoringApi().ScheduledJobs(0, 1000))
            App.Get<IBackgroundJobClient>().ChangeState(
                job.Key, new Hangfire.States.EnqueuedState(QueueNames.Retries) { Reason = "Triggered by DelayedJobScheduler" }, Hangfire.States.ScheduledState.StateName);
        App.Get<DeliveryDispatcher>().Tick();
    }

    public Task AllDeliveredAsync(int count) => Eventually.TrueAsync(async () =>
    {
        // Counted by the database: asked this often, reading them all would be most of the work.
        await using var db = App.Open();
        return await db.Deliveries.CountAsync(d => d.State == DeliveryState.Delivered) == count;
    });

    public Task HealthAsync(int id, Func<NotificationHealth, bool> condition) => Eventually.TrueAsync(async () =>
    {
        await using var db = App.Open();
        return condition(await db.NotificationHealth.AsNoTracking().SingleAsync(h => h.NotificationId == id));
    });

    /// <summary>Nothing is queued, running or being written any more.</summary>
    public async Task IdleAsync()
    {
        for (var calm = 0; calm < 5;)
        {
            await Task.Delay(40);
            calm = App.Enqueued() == 0 && App.Enqueued(QueueNames.Own) == 0 && App.Enqueued(QueueNames.Retries) == 0 && Processing() == 0 ? calm + 1 : 0;
        }
    }

    public ValueTask DisposeAsync()
    {
        _servers.ForEach(server => server.SendStop());
        App.Get<JobStop>().After(TimeSpan.Zero);
        _servers.ForEach(server => server.Dispose());
        return App.DisposeAsync();
    }
}
