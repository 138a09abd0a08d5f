using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging.Abstractions;

namespace ATStatus.Tests.Persistence;

/// <summary>What changes in this process signals at once; what other instances change is found by looking.</summary>
public sealed class ChangeWatchTests : IAsyncLifetime
{
    private CoreApp _app = null!;
    private ChangeWatch _watch = null!;
    private readonly ChangeFeed _here = new();
    private int _signals;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        await _app.SampleDataAsync();
        _watch = new ChangeWatch(
            _app.Get<IDbContextFactory<AtStatusDbContext>>(), _here, new DatabaseOptions(DatabaseProvider.SqlServer, ""),
            _app.Get<DatabaseWritability>(), _app.Time, NullLogger<ChangeWatch>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        _watch.Dispose();
        await _app.DisposeAsync();
    }

    [Fact]
    public async Task Another_instances_changes_are_signalled_while_a_page_is_open()
    {
        await _watch.LookAsync(default);
        using (_here.Subscribe(() => _signals++))
        {
            // What was changed before the first look cannot be known.
            Assert.Equal(1, await LookAsync());
            Assert.Equal(0, await LookAsync());
            await _app.Get<ComponentService>().SetStatusAsync(1, ComponentStatus.Degraded);
            Assert.Equal(1, await LookAsync());
            await _app.Get<ComponentOrder>().MoveComponentAsync(2, null, 0);
            Assert.Equal(1, await LookAsync());
            var group = await _app.Get<ComponentOrder>().AddGroupAsync(1, "Core");
            Assert.Equal(1, await LookAsync());
            await _app.Get<ComponentOrder>().MoveComponentAsync(2, group, 0);
            Assert.Equal(1, await LookAsync());
            var incident = await _app.Get<IncidentService>().CreateAsync(
                new IncidentInput(1, "API down", IncidentSeverity.Minor, IncidentStatus.Investigating, "First.", []), new Actor("ada"));
            Assert.Equal(1, await LookAsync());
            await _app.Get<IncidentService>().PostUpdateAsync(incident, 0, new IncidentUpdateInput(null, "Second."), new Actor("ada"));
            Assert.Equal(1, await LookAsync());
            var notification = await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"));
            Assert.Equal(1, await LookAsync());
            await _app.Get<NotificationService>().SetEnabledAsync(notification, false);
            Assert.Equal(1, await LookAsync());
            await _app.Get<ComponentService>().DeleteAsync(5);
            Assert.Equal(1, await LookAsync());
            Assert.Equal(0, await LookAsync());
        }
        await _app.Get<ComponentService>().SetStatusAsync(1, ComponentStatus.Operational);
        Assert.Equal(0, await LookAsync());
    }

    [Fact]
    public async Task This_instances_changes_are_signalled_after_the_commit()
    {
        var order = _app.Get<ComponentOrder>();
        using var subscription = _app.Get<ChangeFeed>().Subscribe(() => _signals++);

        await SignalledAsync(() => order.MoveComponentAsync(2, null, 0));
        await SignalledAsync(() => order.AddGroupAsync(1, "Core"));
        await SignalledAsync(() => order.RenameGroupAsync(1, 0, "Base"));
        await SignalledAsync(() => order.RemoveGroupAsync(1));
        await SignalledAsync(() => _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Shop", "shop")));
        await SignalledAsync(() => _app.Get<StatusPageService>().SetArchivedAsync(2, true));
        await SignalledAsync(() => _app.Get<ComponentService>().SetStatusAsync(1, ComponentStatus.Degraded));
        var template = new IncidentTemplateInput("Mail", "Mail is slow", IncidentSeverity.Minor, IncidentStatus.Investigating, "Queues are long.");
        await SignalledAsync(() => _app.Get<IncidentTemplateService>().AddAsync(template));
        await SignalledAsync(() => _app.NotificationAsync(new Uri("http://127.0.0.1:9/")));
        await SignalledAsync(() => _app.Get<NotificationService>().SetEnabledAsync(1, false));
        await SignalledAsync(() => _app.Get<NotificationService>().DeleteAsync(1));
        // Looking ahead changes nothing.
        var before = _signals;
        await _app.Get<ComponentService>().PreviewStatusAsync(1, ComponentStatus.MajorOutage);
        Assert.Equal(before, _signals);

        async Task SignalledAsync(Func<Task> change)
        {
            var signals = _signals;
            await change();
            Assert.Equal(signals + 1, _signals);
        }
    }

    private async Task<int> LookAsync()
    {
        var before = _signals;
        await _watch.LookAsync(default);
        return _signals - before;
    }
}
