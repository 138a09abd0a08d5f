using System.Data;
using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace ATStatus.Core.Persistence;

/// <summary>The statements of one open connection, prepared once each. Dispose it before the connection is closed.</summary>
internal sealed class PreparedStatements : IDisposable
{
    private readonly Dictionary<string, SqliteStatement> _writing = new(StringComparer.Ordinal);
    private readonly Dictionary<string, DbCommand> _reading = new(StringComparer.Ordinal);

    /// <summary>SQLite's statement of this text.</summary>
    public SqliteStatement Writing(SqliteConnection connection, string sql)
    {
        if (!_writing.TryGetValue(sql, out var statement))
            _writing[sql] = statement = new SqliteStatement(connection, sql);
        return statement;
    }

    /// <summary>Reads the rows of these numbers with one statement, in the context's transaction.</summary>
    /// <param name="db">The context of the connection.</param>
    /// <param name="sql">The statement; it takes the rows whose number is in its parameter <c>@numbers</c>, a JSON array.</param>
    /// <param name="numbers">The numbers.</param>
    /// <param name="found">Hears of each row, in no order.</param>
    public async Task ReadAsync(AtStatusDbContext db, string sql, IEnumerable<long> numbers, Action<DbDataReader> found)
    {
        var list = string.Join(',', numbers.Select(n => n.ToString(CultureInfo.InvariantCulture)));
        if (list.Length == 0)
            return;
        if (!_reading.TryGetValue(sql, out var command))
        {
            command = db.Database.GetDbConnection().CreateCommand();
            command.CommandText = sql;
            var parameter = command.CreateParameter();
            parameter.ParameterName = "@numbers";
            parameter.DbType = DbType.String;
            // As long as it likes: otherwise each length would be another statement with a plan of its own.
            parameter.Size = -1;
            command.Parameters.Add(parameter);
            _reading[sql] = command;
        }
        command.Transaction = db.Database.CurrentTransaction!.GetDbTransaction();
        command.Parameters[0].Value = $"[{list}]";
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
            found(reader);
    }

    /// <inheritdoc/>
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
