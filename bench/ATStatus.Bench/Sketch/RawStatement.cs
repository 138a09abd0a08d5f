using System.Buffers;
using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace ATStatus.Bench.Sketch;

/// <summary>A prepared statement past the provider's command, with typed binding: nothing is boxed and nothing is looked up by its name.</summary>
internal sealed class RawStatement : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly sqlite3_stmt _statement;
    private int _next = 1;

    public RawStatement(SqliteConnection connection, string sql)
    {
        _connection = connection;
        Check(raw.sqlite3_prepare_v3(connection.Handle, sql, raw.SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public long LastNumber => raw.sqlite3_last_insert_rowid(_connection.Handle);

    public RawStatement Bind(long value) => Bound(raw.sqlite3_bind_int64(_statement, _next++, value));

    public RawStatement BindNull() => Bound(raw.sqlite3_bind_null(_statement, _next++));

    public RawStatement Bind(string? text)
    {
        if (text is null)
            return BindNull();
        var most = Encoding.UTF8.GetMaxByteCount(text.Length);
        if (most <= 1024)
        {
            Span<byte> bytes = stackalloc byte[1024];
            return Bound(raw.sqlite3_bind_text(_statement, _next++, bytes[..Encoding.UTF8.GetBytes(text, bytes)]));
        }
        var rented = ArrayPool<byte>.Shared.Rent(most);
        Bound(raw.sqlite3_bind_text(_statement, _next++, rented.AsSpan(0, Encoding.UTF8.GetBytes(text, rented))));
        ArrayPool<byte>.Shared.Return(rented);
        return this;
    }

    public RawStatement Bind(byte[] blob) => Bound(raw.sqlite3_bind_blob(_statement, _next++, blob));

    public RawStatement Bind(DateTime at)
    {
        Span<byte> bytes = stackalloc byte[32];
        at.TryFormat(bytes, out var length, @"yyyy\-MM\-dd HH\:mm\:ss.FFFFFFF", CultureInfo.InvariantCulture);
        return Bound(raw.sqlite3_bind_text(_statement, _next++, bytes[..length]));
    }

    public RawStatement Bind(Guid id)
    {
        Span<byte> bytes = stackalloc byte[36];
        id.TryFormat(bytes, out _, "D");
        for (var i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] is >= (byte)'a' and <= (byte)'f')
                bytes[i] -= 'a' - 'A';
        }
        return Bound(raw.sqlite3_bind_text(_statement, _next++, bytes));
    }

    public int Run()
    {
        try
        {
            var result = raw.sqlite3_step(_statement);
            if (result != raw.SQLITE_DONE)
                Check(result);
            return raw.sqlite3_changes(_connection.Handle);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs a statement that returns rows of two numbers.</summary>
    public int Rows(Action<long, long> found)
    {
        var count = 0;
        try
        {
            int result;
            while ((result = raw.sqlite3_step(_statement)) == raw.SQLITE_ROW)
            {
                found(raw.sqlite3_column_int64(_statement, 0), raw.sqlite3_column_int64(_statement, 1));
                count++;
            }
            if (result != raw.SQLITE_DONE)
                Check(result);
            return count;
        }
        finally
        {
            Reset();
        }
    }

    public void Dispose() => _statement.Dispose();

    private void Reset()
    {
        _next = 1;
        _ = raw.sqlite3_reset(_statement);
    }

    private RawStatement Bound(int result)
    {
        Check(result);
        return this;
    }

    private void Check(int result)
    {
        if (result != raw.SQLITE_OK)
            SqliteException.ThrowExceptionForRC(result, _connection.Handle);
    }
}
