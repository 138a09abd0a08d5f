using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ATStatus.Core.Persistence;

/// <summary>
/// One writing statement for many rows, in the context's transaction: a batch, thus one round trip, on SQL Server; one prepared statement
/// that is run again and again on SQLite, where a call costs no trip (<see cref="SqliteStatement"/>).
/// </summary>
/// <param name="db">The context, within a transaction.</param>
/// <param name="sql">The statement; its parameters are <c>@p0</c>, <c>@p1</c> …, first named in this order.</param>
/// <param name="types">The parameters' types: a null has none of its own, and SQL Server's datetime would round.</param>
/// <param name="prepared">The statements of a context whose connection stays open, where it has such.</param>
internal sealed class StatementRows(AtStatusDbContext db, string sql, DbType[] types, PreparedStatements? prepared = null)
{
    /// <summary>The longest nvarchar that is not nvarchar(max).</summary>
    private const int LongestInRow = 4000;

    private readonly List<object?[]> _rows = [];

    /// <summary>Adds a row's values, in the order of the parameters.</summary>
    public void Add(params object?[] values) => _rows.Add(values);

    /// <summary>Runs the statement for each row and returns how many rows of the database were written in all.</summary>
    public async Task<int> WriteAsync()
    {
        if (_rows.Count == 0)
            return 0;
        if (db.Database.GetDbConnection() is SqliteConnection sqlite)
        {
            var sum = 0;
            Repeat(sqlite, (statement, row) => sum += statement.Run(row));
            return sum;
        }
        await using var batch = Batch();
        return await batch.ExecuteNonQueryAsync();
    }

    /// <summary>
    /// Runs the statement, an insert, for each row and returns the numbers that the rows were given, in their order. For SQL Server the
    /// statement says <c>OUTPUT INSERTED</c> with the number alone.
    /// </summary>
    public async Task<IReadOnlyList<long>> InsertAsync()
    {
        var numbers = new List<long>(_rows.Count);
        if (_rows.Count == 0)
            return numbers;
        if (db.Database.GetDbConnection() is SqliteConnection sqlite)
        {
            Repeat(sqlite, (statement, row) =>
            {
                statement.Run(row);
                numbers.Add(statement.LastNumber);
            });
            return numbers;
        }
        await using var batch = Batch();
        await using var reader = await batch.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
                numbers.Add(reader.GetInt64(0));
        }
        while (await reader.NextResultAsync());
        return numbers;
    }

    private void Repeat(SqliteConnection connection, Action<SqliteStatement, object?[]> run)
    {
        using var own = prepared is null ? new SqliteStatement(connection, sql) : null;
        var statement = own ?? prepared!.Writing(connection, sql);
        foreach (var row in _rows)
            run(statement, row);
    }

    private DbBatch Batch()
    {
        var batch = db.Database.GetDbConnection().CreateBatch();
        batch.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        foreach (var row in _rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            for (var i = 0; i < types.Length; i++)
                command.Parameters.Add(Parameter(command.CreateParameter(), i, row[i]));
            batch.BatchCommands.Add(command);
        }
        return batch;
    }

    private DbParameter Parameter(DbParameter parameter, int index, object? value)
    {
        parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"@p{index}");
        parameter.DbType = types[index];
        parameter.Value = value ?? DBNull.Value;
        // Without a length of its own a text has that of its value, and each length would be another statement with a plan of its own.
        if (types[index] == DbType.String)
            parameter.Size = value is string { Length: > LongestInRow } ? -1 : LongestInRow;
        return parameter;
    }
}
