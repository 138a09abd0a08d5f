using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ATStatus.Core.Persistence;

/// <summary>The statements of one open connection, prepared once each. Dispose it before the connection is closed.</summary>
internal sealed class PreparedStatements : IDisposable
{
    private readonly Dictionary<PlainStatement, SqliteStatement> _writing = [];
    private readonly Dictionary<PlainStatement, DbCommand> _reading = [];

    /// <summary>SQLite's own form of a statement.</summary>
    public SqliteStatement Writing(AtStatusDbContext db, PlainStatement statement)
    {
        if (!_writing.TryGetValue(statement, out var prepared))
            _writing[statement] = prepared = SqliteStatement.Of(db, statement);
        return prepared;
    }

    /// <summary>Reads the rows of these numbers with one statement, in the context's transaction.</summary>
    /// <param name="statement">The statement; it takes the rows whose number is one of <see cref="SqlDialect.Numbers"/>.</param>
    /// <param name="found">Hears of each row, in no order.</param>
    public async Task ReadAsync(AtStatusDbContext db, PlainStatement statement, IEnumerable<long> numbers, Action<DbDataReader> found)
    {
        var list = string.Join(',', numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));
        if (list.Length == 0)
            return;
        if (!_reading.TryGetValue(statement, out var command))
        {
            command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = statement.TextOf(db);
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@numbers";
            parameter.DbType = DbType.String;
            // As long as it likes: otherwise each length would be another statement with a plan of its own.
            parameter.Size = -1;
            command.Parameters.Add(parameter);
            _reading[statement] = command;
        }
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.Parameters[0].Value = $"[{list}]";
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found(reader);
    }

    public void Dispose()
    {
        foreach (var statement in _writing.Values)
            statement.Dispose();
        foreach (var command in _reading.Values)
            command.Dispose();
        _writing.Clear();
        _reading.Clear();
    }
}
