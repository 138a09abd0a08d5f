using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ATStatus.Core.Persistence;

/// <summary>
/// One statement for many rows, in the context's transaction: a batch, thus one round trip, where the provider has batches (SQL
/// Server); one prepared command that is run again and again where it has none (SQLite, where a call costs no trip, and a
/// statement with a thousand parameters looks each of them up by name in a list).
/// </summary>
/// <param name="db">The context, within a transaction.</param>
/// <param name="sql">The statement; its parameters are <c>@p0</c>, <c>@p1</c> …</param>
/// <param name="types">The parameters' types: a null has none of its own, and SQL Server's datetime would round.</param>
/// <param name="prepared">The commands of a context whose connection stays open, where it has such.</param>
internal sealed class StatementRows(AtStatusDbContext db, string sql, DbType[] types, PreparedStatements? prepared = null)
{
    private readonly List<object?[]> _rows = [];

    /// <summary>Adds a row's values, in the order of the parameters.</summary>
    public void Add(params object?[] values) => _rows.Add(values);

    /// <summary>Runs the statement for each row and answers how many rows of the database were written in all.</summary>
    public async Task<int> WriteAsync()
    {
        if (_rows.Count == 0)
            return 0;
        var connection = db.Database.GetDbConnection();
        if (!connection.CanCreateBatch)
            return Repeat(connection, command => command.ExecuteNonQuery());
        await using var batch = Batch(connection);
        return await batch.ExecuteNonQueryAsync();
    }

    /// <summary>Runs the statement, a query, for each row and hands over each row of the database that it finds.</summary>
    public async Task ReadAsync(Action<DbDataReader> found)
    {
        if (_rows.Count == 0)
            return;
        var connection = db.Database.GetDbConnection();
        if (!connection.CanCreateBatch)
        {
            Repeat(connection, command => Read(command, found));
            return;
        }
        await using var batch = Batch(connection);
        await using var reader = await batch.ExecuteReaderAsync();
        do
        {
            while (await reader.ReadAsync())
                found(reader);
        }
        while (await reader.NextResultAsync());
    }

    private DbTransaction Transaction => db.Database.CurrentTransaction!.GetDbTransaction();

    private DbBatch Batch(DbConnection connection)
    {
        var batch = connection.CreateBatch();
        batch.Transaction = Transaction;
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

    private static int Read(DbCommand command, Action<DbDataReader> found)
    {
        using var reader = command.ExecuteReader();
        var rows = 0;
        for (; reader.Read(); rows++)
            found(reader);
        return rows;
    }

    // Not asynchronous: SQLite's are the synchronous ones with a task around each.
    private int Repeat(DbConnection connection, Func<DbCommand, int> run)
    {
        using var own = prepared is null ? Command(connection) : null;
        var command = own ?? prepared!.Of(sql, () => Command(connection));
        command.Transaction = Transaction;
        var sum = 0;
        foreach (var row in _rows)
        {
            for (var i = 0; i < types.Length; i++)
                command.Parameters[i].Value = row[i] ?? DBNull.Value;
            sum += run(command);
        }
        return sum;
    }

    private DbCommand Command(DbConnection connection)
    {
        var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 0; i < types.Length; i++)
            command.Parameters.Add(Parameter(command.CreateParameter(), i, null));
        return command;
    }

    private DbParameter Parameter(DbParameter parameter, int index, object? value)
    {
        parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"@p{index}");
        parameter.DbType = types[index];
        parameter.Value = value ?? DBNull.Value;
        return parameter;
    }
}

/// <summary>The commands of one open connection, prepared once each.</summary>
internal sealed class PreparedStatements : IDisposable
{
    private readonly Dictionary<string, DbCommand> _commands = new(StringComparer.Ordinal);

    /// <summary>The command of this text.</summary>
    public DbCommand Of(string sql, Func<DbCommand> create)
    {
        if (!_commands.TryGetValue(sql, out var command))
            _commands[sql] = command = create();
        return command;
    }

    /// <summary>Ends them; before their connection is closed.</summary>
    public void Dispose()
    {
        foreach (var command in _commands.Values)
            command.Dispose();
        _commands.Clear();
    }
}
