using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.StatusPages;

/// <summary>Whatever happens to components and pages with Do not notify is recorded and notifies nobody (contract section 5).</summary>
public sealed class DoNotNotifyTests : IAsyncLifetime
{
    private CoreApp _app = null!;
    private int _page;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(configure: options => options.SendsPerNotification = 50);
        _page = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"));
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/hook"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData(true, DeliveryState.Skipped)]
    [InlineData(false, DeliveryState.Pending)]
    public async Task Each_action_on_a_component_or_its_page_can_be_kept_quiet(bool doNotNotify, DeliveryState expected)
    {
        var components = _app.Get<ComponentService>();
        var id = await components.CreateAsync(new ComponentInput(_page, "API", ComponentStatus.Operational, DoNotNotify: doNotNotify));
        await components.UpdateAsync(id, 0, new ComponentInput(null, "API", ComponentStatus.Degraded, DoNotNotify: doNotNotify));
        await components.SetStatusAsync(id, ComponentStatus.MajorOutage, doNotNotify);
        await components.DeleteAsync(id, doNotNotify);
        await components.CreateAsync(new ComponentInput(_page, "Mail", ComponentStatus.Operational, DoNotNotify: doNotNotify));
        await components.CreateAsync(new ComponentInput(_page, "Web", ComponentStatus.Operational, DoNotNotify: doNotNotify));
        await _app.Get<StatusPageService>().DeleteAsync(_page, "Main", doNotNotify);

        var deliveries = await _app.DeliveriesAsync();
        Assert.Equal(
            [
                (EventType.ComponentCreated, "API"), (EventType.ComponentStatusChanged, "API"), (EventType.ComponentStatusChanged, "API"),
                (EventType.ComponentDeleted, "API"), (EventType.ComponentCreated, "Mail"), (EventType.ComponentCreated, "Web"),
                (EventType.ComponentDeleted, "Mail"), (EventType.ComponentDeleted, "Web"),
            ],
            deliveries.Select(d => (d.Event!.Type, d.Event.Title)));
        Assert.All(deliveries, d => Assert.Equal((expected, doNotNotify ? EventOutbox.DoNotNotifyReason : null), (d.State, d.Reason)));
        // The last one is of the same save as the one before, and follows it.
        Assert.Equal(doNotNotify ? 0 : deliveries.Count - 1, _app.Enqueued());
        await using var db = _app.Open();
        Assert.Equal(deliveries.Count, await db.Events.CountAsync());
    }
}
