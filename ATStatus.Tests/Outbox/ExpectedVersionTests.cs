using System.Data.Common;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Outbox;

/// <summary>
/// A change that is meant for one version, by a service that asks for none. On SQL Server somebody else can write the row within its
/// transaction, also between the question for the version and the service's own reading.
/// </summary>
public sealed class ExpectedVersionTests : IAsyncLifetime
{
    private readonly Between _other = new();
    private CoreApp _app = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(
            more: services => services.ConfigureDbContext<SqliteAtStatusDbContext>(options => options.AddInterceptors(_other)));
        await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task It_is_refused_where_somebody_else_writes_after_the_question(bool expects)
    {
        await using var db = _app.Open();
        var version = await db.Components.Where(c => c.Id == 1).Select(c => c.Version).SingleAsync(Stop);
        using (ChangeScope.Begin())
        {
            if (expects)
                ChangeScope.Expect<Component>(1, version);
            _other.After = expects ? 1 : 0;
            var deleted = await Record.ExceptionAsync(() => _app.Get<ComponentService>().DeleteAsync(1, cancellationToken: Stop));
            Assert.Equal(expects ? typeof(EditConflictException) : null, deleted?.GetType());
        }
        Assert.Equal(-1, _other.After);
        Assert.Equal(expects, await db.Components.AnyAsync(c => c.Id == 1, Stop));
    }

    [Fact]
    public async Task It_holds_for_one_change_and_within_its_scope()
    {
        await using var db = _app.Open();
        var version = await db.Components.Where(c => c.Id == 1).Select(c => c.Version).SingleAsync(Stop);
        var service = _app.Get<ComponentService>();
        using (ChangeScope.Begin())
        {
            ChangeScope.Expect<Component>(1, version + 1);
            await Assert.ThrowsAsync<EditConflictException>(() => service.DeleteAsync(1, cancellationToken: Stop));
            // Another object's change is as little meant.
            await Assert.ThrowsAsync<EditConflictException>(() => service.DeleteAsync(2, cancellationToken: Stop));
            ChangeScope.Expect<Component>(1, version);
            await service.SetStatusAsync(1, Core.Events.ComponentStatus.Degraded, cancellationToken: Stop);
            await service.SetStatusAsync(1, Core.Events.ComponentStatus.Operational, cancellationToken: Stop);
            ChangeScope.Expect<Component>(1, version);
        }
        await service.DeleteAsync(1, cancellationToken: Stop);
    }

    /// <summary>Raises the component's version just before a transaction reads it, after it has done so as often as is said.</summary>
    private sealed class Between : DbCommandInterceptor
    {
        /// <summary>Negative for never.</summary>
        public int After { get; set; } = -1;

        public override async ValueTask<InterceptionResult<DbDataReader>> ReaderExecutingAsync(
            DbCommand command, CommandEventData eventData, InterceptionResult<DbDataReader> result, CancellationToken cancellationToken = default)
        {
            if (After >= 0 && command.Transaction is { } transaction && command.CommandText.Contains("FROM \"Components\"", StringComparison.Ordinal)
                && After-- == 0)
            {
                await using var other = command.Connection!.CreateCommand();
                (other.Transaction, other.CommandText) = (transaction, "UPDATE Components SET Version = Version + 1 WHERE Id = 1");
                await other.ExecuteNonQueryAsync(cancellationToken);
            }
            return result;
        }
    }
}
