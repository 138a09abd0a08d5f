using System.Globalization;
using System.Linq.Expressions;
using System.Text.RegularExpressions;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ATStatus.Core.Persistence.Sqlite;

/// <summary>
/// SQLite. A call costs no trip, so a statement is prepared once and run for each row (<see cref="SqliteStatement"/>). A transaction writes alone
/// from its beginning, so there is nothing to lock.
/// </summary>
internal sealed partial class SqliteDialect : SqlDialect
{
    public override bool IsShared => false;

    public override string Numbers => "SELECT value FROM json_each(@numbers)";

    public override string ForUpdate => "";

    public override string SetCheckpoint =>
        """INSERT INTO "Bookmarks" ("Name", "Value") VALUES (@name, @value) ON CONFLICT ("Name") DO UPDATE SET "Value" = excluded."Value" """;

    public override bool HasIdsAsText => true;

    public override string PlaceOf(string connectionString) => Path.GetFullPath(new SqliteConnectionStringBuilder(connectionString).DataSource);

    /// <summary>
    /// Write-ahead logging lets pages read while a delivery is written. A process killed while it migrated leaves a row
    /// that the next one would wait for without end; the caller holds the instance lock, so the row is stale.
    /// </summary>
    public override async Task PrepareAsync(AtStatusDbContext db, CancellationToken cancellationToken)
    {
        await db.Database.OpenConnectionAsync(cancellationToken);
        try
        {
            await db.Database.ExecuteSqlRawAsync("PRAGMA journal_mode=WAL;", cancellationToken);
            var locked = await db.Database
                .SqlQueryRaw<int>("SELECT COUNT(*) AS Value FROM sqlite_master WHERE type = 'table' AND name = '__EFMigrationsLock'")
                .SingleAsync(cancellationToken);
            if (locked > 0)
                await db.Database.ExecuteSqlRawAsync("DELETE FROM \"__EFMigrationsLock\";", cancellationToken);
        }
        finally
        {
            await db.Database.CloseConnectionAsync();
        }
    }

    public override SqliteFileWatch WatchFile(string connectionString) => new(connectionString);

    public override Task<DateTime> NowAsync(AtStatusDbContext db, TimeProvider time, CancellationToken cancellationToken = default) =>
        Task.FromResult(time.GetUtcNow().UtcDateTime);

    public override string WaitAtMost(int seconds) => string.Create(CultureInfo.InvariantCulture, $"PRAGMA busy_timeout={seconds * 1000}");

    /// <summary>It chooses an index without knowing how many rows have which value, so it is told; one of some rows only word by word.</summary>
    public override IQueryable<T> By<T>(DbSet<T> rows, string index, string? condition, Expression<Func<T, bool>>? where)
    {
        var hint = index.Length == 0 ? "NOT INDEXED" : $"INDEXED BY \"{index}\"";
        var sql = $"SELECT * FROM \"{rows.EntityType.GetTableName()}\" {hint}{(condition is null ? "" : $" WHERE {condition}")}";
        return rows.FromSqlRaw(sql).AsNoTracking();
    }

    public override string Insert(string table, string[] names, bool isNumbered) => $"""INSERT INTO "{table}" ({Names(names)}) VALUES ({Names(names, "r.")})""";

    public override string Update(string table, string set, string[] keys, string where) => $"""UPDATE "{table}" AS t SET {set} WHERE {Same(keys, where)}""";

    public override string Add(string table, string count, string[] keys, string where) => $"""
        INSERT INTO "{table}" ({Names([.. keys, count])}) SELECT {Names([.. keys, count], "r.")} WHERE {where}
        ON CONFLICT ({Names(keys)}) DO UPDATE SET "{count}" = "{count}" + excluded."{count}"
        """;

    /// <summary>The parameters by their numbers.</summary>
    public override string WithRows(string statement, IEntityType table, string[] passed) =>
        Passed().Replace(statement, value => string.Create(CultureInfo.InvariantCulture, $"?{Array.IndexOf(passed, value.Groups[1].Value) + 1}"))
            .Replace("N'", "'", StringComparison.Ordinal);

    [GeneratedRegex("\\br\\.\"(\\w+)\"")]
    private static partial Regex Passed();

    public override Task<IReadOnlyCollection<long>> WriteAsync<T>(
        AtStatusDbContext db, RowStatement<T> statement, IReadOnlyList<T> rows, PreparedStatements? prepared)
    {
        List<long>? missing = null;
        Repeat(db, statement, rows, prepared, (_, row, written) =>
        {
            if (written == 0 && statement.NumberOf(row) is { } number)
                (missing ??= []).Add(number);
        });
        return Task.FromResult<IReadOnlyCollection<long>>(missing ?? []);
    }

    public override Task InsertAsync<T>(AtStatusDbContext db, RowStatement<T> statement, IReadOnlyList<T> rows, Action<T, long> number)
    {
        Repeat(db, statement, rows, null, (inserted, row, _) => number(row, inserted.LastNumber));
        return Task.CompletedTask;
    }

    private static void Repeat<T>(
        AtStatusDbContext db, RowStatement<T> statement, IReadOnlyList<T> rows, PreparedStatements? prepared, Action<SqliteStatement, T, int> ran)
    {
        using var own = prepared is null ? SqliteStatement.Of(db, statement) : null;
        var repeated = own ?? prepared!.Writing(db, statement);
        var values = new object?[statement.Width];
        foreach (var row in rows)
        {
            statement.Fill(values, row);
            ran(repeated, row, repeated.Run(values));
        }
    }
}
