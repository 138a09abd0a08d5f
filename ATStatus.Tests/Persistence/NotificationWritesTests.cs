using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Persistence;

/// <summary>What was read of notifications is not read again until somebody has written one, however that happens. Nobody may be able to tell.</summary>
public sealed class NotificationWritesTests : IAsyncLifetime
{
    private CoreApp _app = null!;
    private int _id;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        await _app.SampleDataAsync();
        _id = await _app.NotificationAsync(new Uri("http://127.0.0.1:9/"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_rename_is_known_at_once_to_whoever_made_it_and_to_all_once_it_is_committed(bool tracked)
    {
        Assert.Equal(["Receiver"], await NamesAsync());
        await using (var db = _app.Open())
        await using (var transaction = await db.Database.BeginTransactionAsync())
        {
            await RenameAsync(db, "Undone", tracked);
            Assert.Equal(["Undone"], await NamesAsync(db));
            await transaction.RollbackAsync();
        }
        Assert.Equal(["Receiver"], await NamesAsync());
        await using (var db = _app.Open())
            await RenameAsync(db, "Renamed", tracked);
        Assert.Equal(["Renamed"], await NamesAsync());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_read_while_a_rename_waits_for_its_turn_is_not_taken_for_what_it_wrote(bool tracked)
    {
        await using var db = _app.Open();
        await using var blocker = await db.Database.BeginTransactionAsync();
        await using var renaming = _app.Open();
        var rename = RenameAsync(renaming, "Renamed", tracked);
        // What waits longer than this for its turn has come to where it waits.
        await Task.WhenAny(rename, Task.Delay(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken));
        Assert.False(rename.IsCompleted);
        Assert.Equal(["Receiver"], await NamesAsync(db));
        await blocker.DisposeAsync();
        await rename;
        Assert.Equal(["Renamed"], await NamesAsync());
    }

    [Fact]
    public async Task What_belongs_to_one_counts_and_what_does_not_does_not()
    {
        var writes = _app.Get<NotificationWrites>();
        var before = writes.Value;
        await using (var db = _app.Open())
        {
            await db.Components.ExecuteUpdateAsync(row => row.SetProperty(c => c.Description, "Other"));
            (await db.StatusPages.SingleAsync()).Name = "Other";
            await db.SaveChangesAsync();
        }
        Assert.Equal(before, writes.Value);
        foreach (var write in (Func<AtStatusDbContext, Task>[])
            [
                db => db.NotificationHealth.ExecuteUpdateAsync(row => row.SetProperty(h => h.FailedProbes, 1)),
                async db => (await db.NotificationHealth.SingleAsync()).FailedProbes = 2,
                async db => (await db.Notifications.Include(n => n.Events).SingleAsync()).Events.Clear(),
                async db => db.Remove(await db.Notifications.SingleAsync()),
            ])
        {
            await using var db = _app.Open();
            await write(db);
            await db.SaveChangesAsync();
            Assert.NotEqual(before, writes.Value);
            before = writes.Value;
        }
        Assert.Empty(await NamesAsync());
    }

    [Fact]
    public void Nothing_is_relied_on_where_other_instances_write()
    {
        Assert.Null(new NotificationWrites(new InstanceOptions(SingleInstance: false)).Value);
        Assert.NotNull(_app.Get<NotificationWrites>().Value);
    }

    private async Task RenameAsync(AtStatusDbContext db, string name, bool tracked)
    {
        if (tracked)
        {
            (await db.Notifications.SingleAsync(n => n.Id == _id)).Name = name;
            await db.SaveChangesAsync();
        }
        else
        {
            await db.Notifications.ExecuteUpdateAsync(row => row.SetProperty(n => n.Name, name).SetProperty(n => n.Version, n => n.Version + 1));
        }
    }

    private async Task<List<string>> NamesAsync()
    {
        await using var db = _app.Open();
        return await NamesAsync(db);
    }

    private async Task<List<string>> NamesAsync(AtStatusDbContext db)
    {
        await using var transaction = db.Database.CurrentTransaction is null ? await db.Database.BeginTransactionAsync() : null;
        return [.. (await _app.Get<KnownNotifications>().AllAsync(db, CancellationToken.None)).Select(n => n.Name)];
    }
}
