using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Features.Deliveries;

/// <summary>The log's window while several things ask for rows at the same time: no row is shown twice, and none is left out.</summary>
public sealed class LogViewTests : IAsyncLifetime
{
    private CoreApp _app = null!;
    private HeldContexts _contexts = null!;
    private LogView _view = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        await LogRows.FillAsync(_app.Get<IServiceProvider>(), 200);
        _contexts = new HeldContexts(_app.Get<IDbContextFactory<AtStatusDbContext>>());
        _view = new LogView(new DeliveryQueries(_contexts, _app.Get<TargetProtector>(), _app.Time), _app.Time);
        await _view.LoadAsync(new DeliveryLogQuery(), () => { });
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task What_comes_in_while_older_ones_are_read_leaves_no_gap()
    {
        await LogRows.AddAsync(_app.Get<IServiceProvider>(), "1", "2", "3", "4", "5");
        var answer = _contexts.HoldNext();
        var reading = _view.OlderAsync();
        await _view.RefreshAsync(follow: true);
        answer.SetResult();
        await reading;
        await _view.OlderAsync();

        AssertWithoutGap(205);
    }

    [Fact]
    public async Task What_is_read_on_while_another_part_is_loaded_does_not_stand_in_its_way()
    {
        var answer = _contexts.HoldNext();
        var loading = _view.LoadAsync(new DeliveryLogQuery { Before = 101 }, () => { });
        Assert.False(await _view.OlderAsync());
        answer.SetResult();
        await loading;
        await _view.OlderAsync();

        AssertWithoutGap(100);
    }

    private void AssertWithoutGap(int newest) =>
        Assert.Equal(Enumerable.Range(newest - 99, 100).Reverse().Select(id => (long)id), _view.Rows.Select(row => row.Id));

    /// <summary>The database, which can be made to keep the next question waiting.</summary>
    private sealed class HeldContexts(IDbContextFactory<AtStatusDbContext> contexts) : IDbContextFactory<AtStatusDbContext>
    {
        private TaskCompletionSource? _next;

        public TaskCompletionSource HoldNext() => _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        public AtStatusDbContext CreateDbContext() => contexts.CreateDbContext();

        public async Task<AtStatusDbContext> CreateDbContextAsync(CancellationToken cancellationToken = default)
        {
            var held = Interlocked.Exchange(ref _next, null);
            if (held is not null)
                await held.Task;
            return await contexts.CreateDbContextAsync(cancellationToken);
        }
    }
}
