using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Persistence;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Persistence;

/// <summary>What is committed on SQLite has been flushed: anything weaker could lose what a person was told is saved.</summary>
public sealed class DurabilityTests
{
    private const int Full = 2;

    [Fact]
    public async Task Every_connection_flushes_each_commit()
    {
        await using var app = await CoreApp.StartAsync();
        await using var page = app.Open();
        using var store = await StoreConnection.OpenAsync(app.Get<IDbContextFactory<AtStatusDbContext>>());
        foreach (var db in new[] { page, store.Db })
        {
            await db.Database.OpenConnectionAsync(TestContext.Current.CancellationToken);
            Assert.Equal((Full, "wal"), (await AskAsync(db, "synchronous", Convert.ToInt32), await AskAsync(db, "journal_mode", Convert.ToString)));
        }
    }

    private static async Task<T> AskAsync<T>(AtStatusDbContext db, string pragma, Func<object?, IFormatProvider?, T> read)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // The names are those above.
        command.CommandText = $"PRAGMA {pragma}";
#pragma warning restore CA2100
        return read(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken), System.Globalization.CultureInfo.InvariantCulture);
    }
}
