using System.Data;
using System.Globalization;
using System.Linq.Expressions;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Data.SqlClient;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Storage;

namespace ATStatus.Core.Persistence.SqlServer;

/// <summary>
/// SQL Server. All rows go in one statement, as one parameter: a JSON array with an array of values for each. They are joined by a loop in the order
/// in which they are passed, so that transactions lock rows in the same order, and no more rows than those.
/// </summary>
internal sealed class SqlServerDialect : SqlDialect
{
    /// <summary>The most rows in one statement: beyond 5,000 locks it would lock the table.</summary>
    internal const int MostRows = 1_000;

    /// <summary>Error for CREATE DATABASE with a name that is taken.</summary>
    private const int DatabaseExists = 1801;

    /// <summary>Error for a database that is not there, not there yet, or not for this account.</summary>
    private const int CannotOpen = 4060;

    /// <summary>How often, and after which pauses, a database is looked for that another instance is making: for about a minute.</summary>
    private const int Looks = 120;

    private static readonly TimeSpan LookPause = TimeSpan.FromMilliseconds(500);

    /// <summary>Where <see cref="WithRows"/> puts the rows.</summary>
    private const string Rows = "{rows}";

    /// <summary>The place of a row among those of its statement.</summary>
    private const string Place = "#";

    private static readonly JsonSerializerOptions Json = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public override bool IsShared => true;

    public override string Numbers => "SELECT value FROM OPENJSON(@numbers) WITH (value bigint '$')";

    public override string ForUpdate => " WITH (UPDLOCK, ROWLOCK)";

    public override string SetCheckpoint => """
        UPDATE "Bookmarks" SET "Value" = @value WHERE "Name" = @name;
        IF @@ROWCOUNT = 0 INSERT INTO "Bookmarks" ("Name", "Value") SELECT @name, @value WHERE NOT EXISTS (SELECT 1 FROM "Bookmarks" WITH (UPDLOCK, HOLDLOCK) WHERE "Name" = @name)
        """;

    public override bool HasIdsAsText => false;

    public override string PlaceOf(string connectionString)
    {
        var server = new SqlConnectionStringBuilder(connectionString);
        return $"{server.DataSource}/{server.InitialCatalog}";
    }

    /// <summary>Returns when the database can be opened.</summary>
    public override async Task CreateAsync(IDbContextFactory<AtStatusDbContext> contexts, string connectionString, CancellationToken cancellationToken)
    {
        // Past the pool: after a failure it would answer for a while without asking the server.
        var own = new SqlConnectionStringBuilder(connectionString) { Pooling = false };
        for (var look = 1; ; look++)
        {
            try
            {
                await using var connection = new SqlConnection(own.ConnectionString);
                await connection.OpenAsync(cancellationToken);
                return;
            }
            catch (SqlException e) when (e.Number == CannotOpen && look < Looks)
            {
                await using var db = await contexts.CreateDbContextAsync(cancellationToken);
                try
                {
                    await db.GetService<IRelationalDatabaseCreator>().CreateAsync(cancellationToken);
                }
                catch (SqlException made) when (made.Number is DatabaseExists or CannotOpen)
                {
                    // Another instance has begun to make it at the same moment.
                    await Task.Delay(LookPause, cancellationToken);
                }
            }
        }
    }

    public override async Task<DateTime> NowAsync(AtStatusDbContext db, TimeProvider time, CancellationToken cancellationToken = default)
    {
        var now = await db.Database.SqlQueryRaw<DateTime>("SELECT SYSUTCDATETIME() AS \"Value\"").SingleAsync(cancellationToken);
        return DateTime.SpecifyKind(now, DateTimeKind.Utc);
    }

    /// <summary>It knows how many rows have which value, and chooses by itself.</summary>
    public override IQueryable<T> By<T>(DbSet<T> rows, string index, string? condition, Expression<Func<T, bool>>? where) =>
        where is null ? rows.AsNoTracking() : rows.AsNoTracking().Where(where);

    public override string Insert(string table, string[] names, bool isNumbered) =>
        $"""INSERT INTO "{table}" ({Names(names)}) {(isNumbered ? "OUTPUT inserted.\"Id\" " : "")}SELECT {Names(names, "r.")} FROM {Rows} ORDER BY r."{Place}" """;

    // Without READPAST: it would leave behind what somebody else holds for a moment.
    public override string Update(string table, string set, string[] keys, string where) => $"""
        UPDATE t SET {set} {(keys.Contains("Id") ? "OUTPUT inserted.\"Id\" " : "")}
        FROM {Rows} INNER LOOP JOIN "{table}" AS t WITH (UPDLOCK, ROWLOCK) ON {Same(keys)}{(where.Length > 0 ? $" WHERE {where}" : "")}
        """;

    // HOLDLOCK: two instances that begin the same row must not both find none. By a loop, which holds no other rows.
    public override string Add(string table, string count, string[] keys, string where) => $"""
        MERGE "{table}" WITH (HOLDLOCK, ROWLOCK) AS t USING (SELECT {Names([.. keys, count], "r.")} FROM {Rows} WHERE {where}) AS r ON {Same(keys)}
        WHEN MATCHED THEN UPDATE SET "{count}" = t."{count}" + r."{count}"
        WHEN NOT MATCHED THEN INSERT ({Names([.. keys, count])}) VALUES ({Names([.. keys, count], "r.")})
        OPTION (LOOP JOIN);
        """;

    /// <summary>With the columns' own types and lengths, whatever is in the rows: one statement, one plan.</summary>
    public override string WithRows(string statement, IEntityType table, string[] passed)
    {
        var columns = passed.Select(name => (Name: name, Type: table.FindProperty(name)!.GetColumnType())).Append((Name: Place, Type: "int"))
            .Select((column, i) => string.Create(CultureInfo.InvariantCulture, $"\"{column.Name}\" {column.Type} '$[{i}]'"));
        return statement.Replace(Rows, $"OPENJSON(@rows) WITH ({string.Join(", ", columns)}) AS r", StringComparison.Ordinal);
    }

    /// <summary>The rows, for one statement after the other.</summary>
    internal static IEnumerable<string> Batches<T>(RowStatement<T> statement, IEnumerable<T> rows) =>
        rows.Chunk(MostRows).Select(batch => JsonSerializer.Serialize(batch.Select((row, place) =>
        {
            var values = new object?[statement.Width + 1];
            statement.Fill(values, row);
            values[^1] = place;
            // Instants are UTC in the table, too, and have no zone there.
            return Array.ConvertAll(values, value => value is DateTime at ? DateTime.SpecifyKind(at, DateTimeKind.Unspecified) : value);
        }), Json));

    public override async Task<IReadOnlyCollection<long>> WriteAsync<T>(
        AtStatusDbContext db, RowStatement<T> statement, IReadOnlyList<T> rows, PreparedStatements? prepared)
    {
        var missing = rows.Select(statement.NumberOf).OfType<long>().ToHashSet();
        foreach (var batch in Batches(statement, rows))
            missing.ExceptWith(await RunAsync(db, statement, batch));
        return missing;
    }

    /// <summary>The numbers grow in the order of the INSERT; that of its OUTPUT is anybody's guess.</summary>
    public override async Task InsertAsync<T>(AtStatusDbContext db, RowStatement<T> statement, IReadOnlyList<T> rows, Action<T, long> number)
    {
        var next = 0;
        foreach (var batch in Batches(statement, rows))
        {
            foreach (var given in (await RunAsync(db, statement, batch)).Order())
                number(rows[next++], given);
        }
    }

    private static async Task<List<long>> RunAsync(AtStatusDbContext db, PlainStatement statement, string rows)
    {
        await using var command = db.Database.GetDbConnection().CreateCommand();
        command.CommandText = statement.TextOf(db);
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.Parameters.Add(new SqlParameter("@rows", SqlDbType.NVarChar, -1) { Value = rows });
        var numbers = new List<long>();
        await using var reader = await command.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
                numbers.Add(reader.GetInt64(0));
        }
        while (await reader.NextResultAsync());
        return numbers;
    }
}
