using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>A console that has seen things: deliveries in every state, incidents, a notification in trouble, texts of every length.</summary>
internal sealed class Showcase : IAsyncDisposable
{
    private readonly LoopbackReceiver _healthy = LoopbackReceiver.Start(ScriptedResponse.Status(200, """{"received":true,"queued":1}""", ("Content-Type", "application/json")));
    private readonly LoopbackReceiver _failing = LoopbackReceiver.Start(
        ScriptedResponse.Status(500, "<html><body><h1>Internal Server Error</h1></body></html>", ("Content-Type", "text/html"), ("Server", "nginx")));
    private readonly LoopbackReceiver _busy = LoopbackReceiver.Start(ScriptedResponse.Status(503, "Back soon.", ("Retry-After", "240")));
    private readonly IServiceProvider _services;
    private readonly CancellationToken _stop;
    private readonly ShowcaseBackdrop _backdrop;
    private int _page;

    private Showcase(IServiceProvider services, CancellationToken stop) =>
        (_services, _stop, _backdrop) = (services, stop, new ShowcaseBackdrop(services, stop));

    /// <summary>Retries come at once, so that a delivery that used up its attempts is among them.</summary>
    public static Dictionary<string, string> Settings { get; } = new()
    {
        ["Webhooks:RetryBaseDelay"] = "00:00:01",
        ["Webhooks:RetryFactor"] = "1",
        ["Webhooks:RetryJitter"] = "0",
        ["Webhooks:AllowInsecureTls"] = "true",
    };

    /// <summary>The newest delivery in a state.</summary>
    public long this[DeliveryState state] => Deliveries[state];

    /// <summary>A maintenance window in a state.</summary>
    public int this[MaintenanceStatus status] => _backdrop.Windows[status];

    private Dictionary<DeliveryState, long> Deliveries { get; } = [];

    public static async Task<Showcase> FillAsync(ConsoleApp app, CancellationToken stop)
    {
        var showcase = new Showcase(app.Services, stop);
        await showcase.FillAsync();
        return showcase;
    }

    public async ValueTask DisposeAsync()
    {
        await _healthy.DisposeAsync();
        await _failing.DisposeAsync();
        await _busy.DisposeAsync();
    }

    private async Task FillAsync()
    {
        await Get<SampleData>().LoadAsync(_stop);
        _page = (await Get<StatusPageQueries>().PagesAsync(cancellationToken: _stop))[0].Id;
        await _backdrop.FillAsync(_page);
        await SubscribeAsync("On-call pager", _healthy.Url.AbsoluteUri, "s3cret", [.. EventTypes.All]);
        var pager = await SubscribeAsync("Support desk", TestReceiverEndpoint.Url, "s3cret", EventType.IncidentCreated, EventType.IncidentUpdated, EventType.IncidentResolved);
        await SubscribeAsync("Data warehouse", _busy.Url.AbsoluteUri + "/v2/ingest/status-events?tenant=main", null, EventType.ComponentStatusChanged);
        await SubscribeAsync("Legacy intranet page of the operations team", _failing.Url.AbsoluteUri, "s3cret", EventType.IncidentResolved, EventType.ComponentStatusChanged);
        var off = await SubscribeAsync("Partner portal", _healthy.Url.AbsoluteUri + "/partner", "s3cret", EventType.IncidentCreated);
        await Get<NotificationService>().SetEnabledAsync(off, false, _stop);

        await Get<TestSendService>().SendSavedAsync(pager, EventType.IncidentCreated, _stop);
        var components = (await Get<StatusPageQueries>().ComponentsAsync(_page, _stop)).ToDictionary(c => c.Name, c => c.Id);
        var checkout = await ReportAsync("Checkout fails for some cards", IncidentSeverity.Critical, components["API"], components["API Gateway"]);
        await UpdateAsync(checkout, IncidentStatus.Identified, "A provider rejects our renewed certificate. We are switching to the other provider.");
        await UpdateAsync(checkout, IncidentStatus.Resolved, "Payments go through again.\n\nWe keep an eye on it.");
        await Get<ComponentService>().CreateAsync(new ComponentInput(_page, "Search", ComponentStatus.Operational), _stop);
        await SettleAsync(DeliveryState.Failed, 1);
        await AgeAsync(TimeSpan.FromMinutes(95));
        var forgotten = await ReportAsync("Slow dashboards", IncidentSeverity.Minor, components["Dashboard"]);
        await UpdateAsync(await ReportAsync("Exports of large accounts are late and may arrive twice", IncidentSeverity.Major, components["Background jobs"]),
            IncidentStatus.Monitoring, "Exports catch up.");
        await SettleAsync(DeliveryState.Skipped, 3);
        await AgeAsync(TimeSpan.FromMinutes(12));
        await ForgetAsync(forgotten, TimeSpan.FromHours(27));
        await Get<ComponentService>().SetStatusAsync(components["Background jobs"], ComponentStatus.PartialOutage, cancellationToken: _stop);
        await Get<ComponentService>().SetStatusAsync(components["Dashboard"], ComponentStatus.Degraded, cancellationToken: _stop);
        await SettleAsync(DeliveryState.Failed, 3);
        await SettleAsync(DeliveryState.Retrying, 2);
    }

    private T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    private Task<int> SubscribeAsync(string name, string url, string? secret, params EventType[] events) =>
        Get<NotificationService>().CreateAsync(new NotificationInput("webhook", name, new(url, secret), new(events)), _stop);

    private Task<int> ReportAsync(string title, IncidentSeverity severity, params int[] components) => Get<IncidentService>().CreateAsync(
        new IncidentInput(_page, title, severity, IncidentStatus.Investigating, "We are looking into it.", [.. components.Select(c => new AffectedComponent(c))]), new Actor("dana@example.com"), _stop);

    private async Task UpdateAsync(int incident, IncidentStatus status, string message)
    {
        var version = (await Get<IncidentQueries>().FindAsync(incident, _stop))!.Version;
        await Get<IncidentService>().PostUpdateAsync(incident, version, new IncidentUpdateInput(status, message), new Actor("sam@example.com"), _stop);
    }

    /// <summary>Waits until nothing is on its way and the state has so many deliveries.</summary>
    private async Task SettleAsync(DeliveryState state, int count)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(_stop);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        while (true)
        {
            await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(limit.Token);
            var all = await db.Deliveries.AsNoTracking().OrderBy(d => d.Id).ToListAsync(limit.Token);
            foreach (var delivery in all)
                Deliveries[delivery.State] = delivery.Id;
            if (all.Count(d => d.State == state) == count && !all.Any(d => d.State is DeliveryState.Pending or DeliveryState.Sending))
                return;
            await Task.Delay(50, limit.Token);
        }
    }

    /// <summary>Lets nothing have been said about an incident for so long.</summary>
    private async Task ForgetAsync(int incident, TimeSpan silence)
    {
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(_stop);
        var found = await db.Incidents.Include(i => i.Updates).SingleAsync(i => i.Id == incident, _stop);
        db.Entry(found).Property(i => i.StartedAt).CurrentValue -= silence;
        foreach (var update in found.Updates)
            db.Entry(update).Property(u => u.At).CurrentValue -= silence;
        await db.SaveChangesAsync(_stop);
    }

    /// <summary>Lets all that happened have happened earlier.</summary>
    private async Task AgeAsync(TimeSpan by)
    {
        await using var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(_stop);
        foreach (var delivery in await db.Deliveries.Include(d => d.Attempts).Include(d => d.Event).ToListAsync(_stop))
        {
            delivery.CreatedAt -= by;
            db.Entry(delivery).Property(d => d.SettledAt).CurrentValue -= by;
            foreach (var attempt in delivery.Attempts)
                attempt.StartedAt -= by;
        }
        foreach (var storedEvent in await db.Events.ToListAsync(_stop))
            db.Entry(storedEvent).Property(e => e.OccurredAt).CurrentValue -= by;
        foreach (var incident in await db.Incidents.Include(i => i.Updates).ToListAsync(_stop))
        {
            db.Entry(incident).Property(i => i.StartedAt).CurrentValue -= by;
            db.Entry(incident).Property(i => i.ResolvedAt).CurrentValue -= by;
            foreach (var update in incident.Updates)
                db.Entry(update).Property(u => u.At).CurrentValue -= by;
        }
        await db.SaveChangesAsync(_stop);
    }
}
