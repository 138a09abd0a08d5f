using System.Data.Common;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Outbox;

/// <summary>
/// However a unit of work ends, the turn at writing is free when it has ended: nobody in the process would ever write again otherwise.
/// It is asked for without waiting, so that a turn that was kept fails here.
/// </summary>
public sealed class WriteTurnTests : IAsyncLifetime
{
    private readonly FailingTransactions _transactions = new();
    private CoreApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(
            more: services => services.ConfigureDbContext<SqliteAtStatusDbContext>(options => options.AddInterceptors(_transactions)));
        await _app.NotificationAsync(new Uri("http://127.0.0.1:9/hook"));
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task It_is_taken_while_the_unit_lasts_and_free_after_its_commit()
    {
        await using (var work = await BeginAsync())
        {
            Assert.False(IsFree());
            Add(work, "main");
            await work.CommitAsync("status page", Stop);
            // Before what follows the commit: those who wait to write need not wait for that.
            Assert.True(IsFree());
        }
        Assert.True(IsFree());
        Assert.Equal(1, await PagesAsync());
    }

    [Fact]
    public async Task It_is_free_after_a_unit_that_was_not_committed()
    {
        await using (var work = await BeginAsync())
        {
            Add(work, "main");
            await work.SaveAsync("status page", Stop);
            Assert.False(IsFree());
        }
        Assert.True(IsFree());
        Assert.Equal(0, await PagesAsync());
    }

    [Fact]
    public async Task It_is_free_after_a_preview()
    {
        await _app.Get<EventOutbox>().PreviewAsync(
            "status page", false, work => Task.FromResult(work.Db.StatusPages.Add(Page("main"))), Stop);
        Assert.True(IsFree());
        Assert.Equal(0, await PagesAsync());
    }

    [Fact]
    public async Task It_is_free_after_a_change_that_was_refused()
    {
        var page = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
        await Assert.ThrowsAsync<InvalidInputException>(
            () => _app.Get<ComponentService>().CreateAsync(new ComponentInput(page, "", ComponentStatus.Operational), Stop));
        Assert.True(IsFree());
        await Assert.ThrowsAsync<NotFoundException>(
            () => _app.Get<ComponentService>().SetStatusAsync(4711, ComponentStatus.Degraded, cancellationToken: Stop));
        Assert.True(IsFree());
    }

    [Theory]
    [InlineData(Moment.Begin)]
    [InlineData(Moment.Commit)]
    public async Task It_is_free_after_the_database_has_failed(Moment moment)
    {
        var page = await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
        _transactions.FailAt = moment;
        await (moment == Moment.Begin
            ? Assert.ThrowsAsync<InvalidOperationException>(() => AddComponentAsync())
            : (Task)Assert.ThrowsAsync<DatabaseFailure>(() => AddComponentAsync()));
        Assert.True(IsFree());

        _transactions.FailAt = null;
        await AddComponentAsync();
        Assert.Single(await _app.Get<StatusPageQueries>().ComponentsAsync(cancellationToken: Stop));

        Task<int> AddComponentAsync() =>
            _app.Get<ComponentService>().CreateAsync(new ComponentInput(page, "API", ComponentStatus.Operational), Stop);
    }

    /// <summary>Whoever writes past units of work: through a context, with or without a transaction of its own.</summary>
    [Theory]
    [InlineData(Writer.SaveChanges)]
    [InlineData(Writer.Blocking)]
    [InlineData(Writer.Update)]
    [InlineData(Writer.Transaction)]
    public async Task Every_writer_waits_for_it_and_gives_it_back(Writer writer)
    {
        await _app.Get<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
        Task writing;
        // The turn alone: for a transaction SQLite itself would make others wait.
        using (await _app.Get<SqliteWriteLock>().EnterAsync(Stop))
        {
            writing = WriteAsync(writer, "Changed");
            await Task.Delay(TimeSpan.FromMilliseconds(100), Stop);
            Assert.False(writing.IsCompleted);
        }
        await writing;
        Assert.True(IsFree());
        Assert.Equal("Changed", await NameAsync());

        // A statement that the database refuses.
        await Assert.ThrowsAnyAsync<Exception>(() => WriteAsync(writer, null!));
        Assert.True(IsFree());
        if (writer == Writer.Blocking)
            return;
        // One that is called off while it waits.
        using (await _app.Get<SqliteWriteLock>().EnterAsync(Stop))
        {
            using var impatient = new CancellationTokenSource();
            writing = WriteAsync(writer, "Later", impatient.Token);
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => writing);
        }
        Assert.True(IsFree());
        Assert.Equal("Changed", await NameAsync());
    }

    private async Task WriteAsync(Writer writer, string name, CancellationToken cancellationToken = default)
    {
        await using var db = _app.Open();
        if (writer == Writer.Update)
        {
            await db.StatusPages.ExecuteUpdateAsync(row => row.SetProperty(p => p.Name, name), cancellationToken);
            return;
        }
        await using var transaction = writer == Writer.Transaction ? await db.Database.BeginTransactionAsync(cancellationToken) : null;
        (await db.StatusPages.SingleAsync(cancellationToken)).Name = name;
        if (writer == Writer.Blocking)
        {
            await Task.Run(db.SaveChanges, CancellationToken.None);
            return;
        }
        await db.SaveChangesAsync(cancellationToken);
        if (transaction is not null)
            await transaction.CommitAsync(cancellationToken);
    }

    private async Task<string> NameAsync()
    {
        await using var db = _app.Open();
        return (await db.StatusPages.SingleAsync(Stop)).Name;
    }

    [Fact]
    public async Task Who_stops_waiting_for_it_takes_no_turn_from_the_next()
    {
        using var impatient = new CancellationTokenSource();
        await using (await BeginAsync())
        {
            var waiting = _app.Get<EventOutbox>().BeginAsync(impatient.Token);
            Assert.False(waiting.IsCompleted);
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        }
        Assert.True(IsFree());
    }

    private Task<UnitOfWork> BeginAsync()
    {
        Assert.True(IsFree());
        return _app.Get<EventOutbox>().BeginAsync(Stop);
    }

    private static void Add(UnitOfWork work, string slug) => work.Db.StatusPages.Add(Page(slug));

    private static StatusPage Page(string slug) => new() { Name = slug, Slug = slug, CreatedAt = DateTime.UnixEpoch };

    /// <summary>Nobody has the turn at this moment.</summary>
    private bool IsFree()
    {
        var turn = _app.Get<SqliteWriteLock>().EnterAsync(new CancellationToken(canceled: true));
        if (!turn.IsCompletedSuccessfully)
            return false;
        turn.Result.Dispose();
        return true;
    }

    private async Task<int> PagesAsync()
    {
        await using var db = _app.Open();
        return await db.StatusPages.CountAsync(Stop);
    }

    /// <summary>When the database fails.</summary>
    public enum Moment
    {
        Begin,
        Commit,
    }

    /// <summary>How somebody writes.</summary>
    public enum Writer
    {
        SaveChanges,
        Blocking,
        Update,
        Transaction,
    }

    private sealed class DatabaseFailure() : Exception("The database is out of reach.");

    private sealed class FailingTransactions : DbTransactionInterceptor, IDbConnectionInterceptor
    {
        public Moment? FailAt { get; set; }

        // The transaction is begun on a connection that is closed.
        public Task ConnectionOpenedAsync(DbConnection connection, ConnectionEndEventData eventData, CancellationToken cancellationToken = default) =>
            FailAt == Moment.Begin ? connection.CloseAsync() : Task.CompletedTask;

        public override ValueTask<InterceptionResult> TransactionCommittingAsync(
            DbTransaction transaction, TransactionEventData eventData, InterceptionResult result,
            CancellationToken cancellationToken = default) =>
            FailAt == Moment.Commit ? throw new DatabaseFailure() : ValueTask.FromResult(result);
    }
}
