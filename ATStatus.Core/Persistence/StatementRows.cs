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
internal sealed class StatementRows(AtStatusDbContext db, string sql, DbType[] types)
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
        var transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        return connection.CanCreateBatch
            ? await BatchAsync(connection, transaction)
            : await RepeatAsync(connection, transaction);
    }

    private async Task<int> BatchAsync(DbConnection connection, DbTransaction transaction)
    {
        await using var batch = connection.CreateBatch();
        batch.Transaction = transaction;
        foreach (var row in _rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            for (var i = 0; i < types.Length; i++)
                command.Parameters.Add(Parameter(command.CreateParameter(), i, row[i]));
            batch.BatchCommands.Add(command);
        }
        return await batch.ExecuteNonQueryAsync();
    }

    private async Task<int> RepeatAsync(DbConnection connection, DbTransaction transaction)
    {
        await using var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        for (var i = 0; i < types.Length; i++)
            command.Parameters.Add(Parameter(command.CreateParameter(), i, null));
        var written = 0;
        foreach (var row in _rows)
        {
            for (var i = 0; i < types.Length; i++)
                command.Parameters[i].Value = row[i] ?? DBNull.Value;
            written += await command.ExecuteNonQueryAsync();
        }
        return written;
    }

    private DbParameter Parameter(DbParameter parameter, int index, object? value)
    {
        parameter.ParameterName = string.Create(CultureInfo.InvariantCulture, $"@p{index}");
        parameter.DbType = types[index];
        parameter.Value = value ?? DBNull.Value;
        return parameter;
    }
}
