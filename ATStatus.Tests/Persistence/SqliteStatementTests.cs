using System.Text;
using ATStatus.Core.Persistence;
using Microsoft.Data.Sqlite;

namespace ATStatus.Tests.Persistence;

/// <summary>What a statement stores is what the provider's own command would have stored.</summary>
public sealed class SqliteStatementTests : IDisposable
{
    private readonly SqliteConnection _connection = new("Data Source=:memory:");

    public SqliteStatementTests() => _connection.Open();

    public void Dispose() => _connection.Dispose();

    public static TheoryData<object?> Values => new((object?[])
    [
        null, "", "text", "0123", "É\u0000ß 😀", new string('x', 512), new string('€', 5_000), 0, -1, int.MaxValue, long.MinValue, long.MaxValue,
        true, false, Guid.Parse("0193a0b0-aaaa-bbbb-cccc-0123456789ef"), Guid.Empty, Array.Empty<byte>(), Encoding.UTF8.GetBytes("{}"),
        new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc), new DateTime(2026, 1, 14, 12, 0, 0, 120, DateTimeKind.Utc),
        new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc).AddTicks(1), DateTime.MaxValue,
    ]);

    [Theory]
    [MemberData(nameof(Values))]
    public void A_value_is_stored_as_the_provider_stores_it(object? value)
    {
        Execute("CREATE TABLE T (V)");
        using (var statement = new SqliteStatement(_connection, "INSERT INTO T (V) VALUES (?1)"))
            Assert.Equal(1, statement.Run([value]));
        Execute("INSERT INTO T (V) VALUES (@p0)", value);
        var stored = Read("SELECT typeof(V) || ' ' || coalesce(hex(CAST(V AS BLOB)), 'NULL') FROM T ORDER BY rowid");
        Assert.Equal(2, stored.Count);
        Assert.Equal(stored[1], stored[0]);
    }

    [Fact]
    public void It_runs_again_and_again_and_numbers_what_it_inserts()
    {
        Execute("CREATE TABLE T (Id INTEGER PRIMARY KEY AUTOINCREMENT, V)");
        using var insert = new SqliteStatement(_connection, "INSERT INTO T (V) VALUES (?1)");
        var numbers = Enumerable.Range(0, 3).Select(i =>
        {
            insert.Run([$"row {i}"]);
            return insert.LastNumber;
        }).ToList();
        Assert.Equal([1, 2, 3], numbers);
        using var update = new SqliteStatement(_connection, "UPDATE T SET V = ?1 WHERE Id >= ?2");
        Assert.Equal(2, update.Run(["changed", 2]));
        Assert.Equal(0, update.Run(["changed", 4]));
        Assert.Equal(["row 0", "changed", "changed"], Read("SELECT V FROM T ORDER BY Id"));
    }

    [Fact]
    public void A_row_that_is_refused_says_so_once()
    {
        Execute("CREATE TABLE T (V UNIQUE)");
        using var insert = new SqliteStatement(_connection, "INSERT INTO T (V) VALUES (?1)");
        insert.Run([1]);
        var refused = Assert.Throws<SqliteException>(() => insert.Run([1]));
        Assert.Equal(19, refused.SqliteErrorCode);
        Assert.Equal(1, insert.Run([2]));
    }

    [Fact]
    public void What_cannot_be_a_statement_is_refused()
    {
        Execute("CREATE TABLE T (A, B)");
        Assert.Throws<SqliteException>(() => new SqliteStatement(_connection, "INSERT INTO Nothing VALUES (?1)"));
        using var statement = new SqliteStatement(_connection, "INSERT INTO T (A) VALUES (?1)");
        Assert.Throws<NotSupportedException>(() => statement.Run([1.5]));
    }

    private void Execute(string sql, params object?[] values)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < values.Length; i++)
            command.Parameters.AddWithValue($"@p{i}", values[i] ?? DBNull.Value);
        command.ExecuteNonQuery();
    }

    private List<string> Read(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
            rows.Add(reader.GetString(0));
        return rows;
    }
}
