using System.Diagnostics.CodeAnalysis;
using System.Runtime.InteropServices;
using Microsoft.Data.Sqlite;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Keeps the database file open and tells whether it still is the one at its path. A file that is removed or replaced under an open
/// connection goes on taking writes that nobody will ever find. Windows does not let a file that is in use go.
/// </summary>
internal sealed class SqliteFileWatch : IDisposable
{
    /// <summary>SQLITE_FCNTL_HAS_MOVED: compares the open file with what is at its path, at the cost of one stat.</summary>
    private const int HasMoved = 20;

    private readonly SqliteConnection _connection;
    private readonly string _journal;

    /// <summary>Opens the file, which has to be there.</summary>
    /// <exception cref="SqliteException">It cannot be opened.</exception>
    public SqliteFileWatch(string connectionString)
    {
        // Not pooled: its file is the one that was there at the start. Not created: a new one would not be.
        var own = new SqliteConnectionStringBuilder(connectionString) { Pooling = false, Mode = SqliteOpenMode.ReadWrite };
        _connection = new SqliteConnection(own.ConnectionString);
        try
        {
            _connection.Open();
            using var command = _connection.CreateCommand();
            // SQLite opens the journal with the first reading.
            command.CommandText = "PRAGMA journal_mode; SELECT COUNT(*) FROM sqlite_master;";
            _journal = command.ExecuteScalar() is "wal" ? _connection.DataSource + "-wal" : "";
        }
        catch
        {
            _connection.Dispose();
            throw;
        }
    }

    /// <summary>Whether what is written now would be at the path.</summary>
    public bool IsInPlace
    {
        get
        {
            if (_connection.Handle is not { IsClosed: false } handle)
                return true;
            try
            {
                // Anything but success: this platform does not know (Windows).
                return FileControl(handle, 0, HasMoved, out var moved) != 0 || (moved == 0 && (_journal.Length == 0 || File.Exists(_journal)));
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    public void Dispose() => _connection.Dispose();

    [SuppressMessage("Interoperability", "SYSLIB1054", Justification = "The generated form needs unsafe code, which the library does without.")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories | DllImportSearchPath.AssemblyDirectory)]
    [DllImport("e_sqlite3", EntryPoint = "sqlite3_file_control", CallingConvention = CallingConvention.Cdecl)]
    private static extern int FileControl(SafeHandle connection, nint database, int operation, out int result);
}
