using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using SQLitePCL;

namespace ATStatus.Core.Persistence;

/// <summary>
/// A statement that writes, prepared once and run for row after row, past the provider's command: that looks each parameter up by its
/// name, and makes a reader, for every run, which takes longer than SQLite takes to write the row (decision 3). Values are stored as the
/// provider stores them, so that either reads what the other wrote.
/// </summary>
internal sealed class SqliteStatement : IDisposable
{
    /// <summary>Up to how many bytes a text is converted on the stack.</summary>
    private const int ShortText = 512;

    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _statement;

    /// <summary>Prepares it.</summary>
    /// <param name="connection">The connection, open for as long as the statement is used.</param>
    /// <param name="sql">One statement; its parameters are <c>?1</c>, <c>?2</c> …</param>
    /// <exception cref="SqliteException">SQLite does not take it.</exception>
    public SqliteStatement(SqliteConnection connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v3(connection.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    /// <summary>Prepares the context's form of a statement.</summary>
    public static SqliteStatement Of(AtStatusDbContext db, PlainStatement statement) => new((SqliteConnection)db.Database.GetDbConnection(), statement.TextOf(db));

    /// <summary>The number that the last inserted row was given.</summary>
    public long LastNumber => raw.sqlite3_last_insert_rowid(_connection.Handle);

    /// <summary>Runs it, within the connection's transaction, and returns how many rows it wrote.</summary>
    /// <exception cref="SqliteException">SQLite refuses the row, or cannot write it.</exception>
    public int Run(ReadOnlySpan<object?> values)
    {
        try
        {
            for (var i = 0; i < values.Length; i++)
                Check(Bind(i + 1, values[i]));
            var result = raw.sqlite3_step(_statement);
            if (result != raw.SQLITE_DONE)
                Check(result);
            return raw.sqlite3_changes(_connection.Handle);
        }
        finally
        {
            // What a failed run came to has been told; here it would only be told again.
            _ = raw.sqlite3_reset(_statement);
        }
    }

    public void Dispose() => _statement.Dispose();

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result, _connection.Handle);
    }

    private int Bind(int index, object? value) => value switch
    {
        null => raw.sqlite3_bind_null(_statement, index),
        string text => BindText(index, text),
        int number => raw.sqlite3_bind_int64(_statement, index, number),
        long number => raw.sqlite3_bind_int64(_statement, index, number),
        bool flag => raw.sqlite3_bind_int64(_statement, index, flag ? 1 : 0),
        DateTime at => BindTime(index, at),
        Guid id => BindGuid(index, id),
        byte[] bytes => raw.sqlite3_bind_blob(_statement, index, bytes),
        _ => throw new NotSupportedException($"A value of the type {value.GetType()} is not written this way."),
    };

    private int BindText(int index, string text)
    {
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most <= ShortText)
        {
            Span<byte> bytes = stackalloc byte[ShortText];
            return raw.sqlite3_bind_text(_statement, index, bytes[..Encoding.UTF8.GetBytes(text, bytes)]);
        }
        var rented = ArrayPool<byte>.Shared.Rent(most);
        try
        {
            return raw.sqlite3_bind_text(_statement, index, rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented)));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rented);
        }
    }

    // Microsoft.Data.Sqlite's own format, which Entity Framework reads.
    private int BindTime(int index, DateTime at)
    {
        Span<byte> bytes = stackalloc byte[32];
        at.TryFormat(bytes, out var length, @"yyyy\-MM\-dd HH\:mm\:ss.FFFFFFF", CultureInfo.InvariantCulture);
        return raw.sqlite3_bind_text(_statement, index, bytes[..length]);
    }

    private int BindGuid(int index, Guid id)
    {
        Span<byte> bytes = stackalloc byte[36];
        id.TryFormat(bytes, out _, "D");
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] is >= (byte)'a' and <= (byte)'f')
                bytes[i] -= 'a' - 'A';
        }
        return raw.sqlite3_bind_text(_statement, index, bytes);
    }
}
