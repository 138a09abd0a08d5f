using ATStatus.Core.Problems;
using Microsoft.Data.SqlClient;
using Microsoft.Data.Sqlite;

namespace ATStatus.Core.Persistence;

/// <summary>Why the database cannot be written.</summary>
public enum DatabaseFault
{
    /// <summary>The disk, the file or the transaction log is full.</summary>
    Full,

    /// <summary>It can only be read.</summary>
    ReadOnly,

    /// <summary>Another program keeps it locked.</summary>
    Locked,

    /// <summary>It cannot be opened, or its server does not answer.</summary>
    Unreachable,

    /// <summary>Its disk fails to read or write.</summary>
    DiskError,

    /// <summary>The file that is open is no longer the one at its path.</summary>
    Replaced,
}

/// <summary>Tells failures of the database as a whole from those of a single statement.</summary>
public static class DatabaseFaults
{
    /// <summary>SQLite's SQLITE_BUSY_SNAPSHOT: a conflict between two connections of this process, over at once.</summary>
    private const int BusySnapshot = 517;

    /// <summary>SQLite's SQLITE_READONLY_DBMOVED.</summary>
    private const int Moved = 1032;

    /// <summary>SQL Server's severities from here on end the connection.</summary>
    private const int FatalSeverity = 20;

    /// <summary>The fault behind an exception; null where it says nothing about the database as a whole.</summary>
    public static DatabaseFault? Of(Exception? failure) => Chain(failure).Select(e => e switch
    {
        DatabaseNotWritableException refused => refused.Fault,
        SqliteException sqlite => OfSqlite(sqlite),
        SqlException server => OfSqlServer(server),
        _ => (DatabaseFault?)null,
    }).FirstOrDefault(fault => fault is not null);

    /// <summary>
    /// Whether it is certain without another look. On SQL Server a statement that took too long can have been slow by itself, and a failure
    /// that ends the connection can be that of this connection alone.
    /// </summary>
    internal static bool IsCertain(Exception failure) =>
        !Chain(failure).Any(e => e is SqlException { Number: CommandTimeout } or SqlException { Class: >= FatalSeverity });

    /// <summary>
    /// Whether a transaction was lost on SQL Server to what will be over in a moment: as a deadlock's victim, by waiting too long for a lock, or with
    /// its connection. It can be made again.
    /// </summary>
    internal static bool IsPassing(Exception failure) =>
        Chain(failure).Any(e => e is SqlException { Number: 1205 or 1222 or 3960 or CommandTimeout } or SqlException { Class: >= FatalSeverity });

    private static IEnumerable<Exception> Chain(Exception? failure)
    {
        for (var e = failure; e is not null; e = e.InnerException)
            yield return e;
    }

    /// <summary>What is wrong, as a sentence.</summary>
    public static string DisplayText(this DatabaseFault fault) => fault switch
    {
        DatabaseFault.Full => "The database's disk is full.",
        DatabaseFault.ReadOnly => "The database is read-only.",
        DatabaseFault.Locked => "The database is locked by another program.",
        DatabaseFault.DiskError => "The database's disk fails to read or write.",
        DatabaseFault.Replaced => "The database file was removed or replaced while the console was running.",
        _ => "The database cannot be reached.",
    };

    private static DatabaseFault? OfSqlite(SqliteException e) => e.SqliteErrorCode switch
    {
        // As SQLite names them: BUSY, READONLY, IOERR, FULL, CANTOPEN, NOTADB.
        5 => e.SqliteExtendedErrorCode == BusySnapshot ? null : DatabaseFault.Locked,
        8 => e.SqliteExtendedErrorCode == Moved ? DatabaseFault.Replaced : DatabaseFault.ReadOnly,
        10 => DatabaseFault.DiskError,
        13 => DatabaseFault.Full,
        14 or 26 => DatabaseFault.Unreachable,
        _ => null,
    };

    private const int CommandTimeout = -2;

    private static DatabaseFault? OfSqlServer(SqlException e) => e.Number switch
    {
        // Filegroup, data file, tempdb, transaction log, quota.
        1101 or 1104 or 1105 or 9002 or 40544 => DatabaseFault.Full,
        // The database, or its replica, is read-only.
        3906 or 3908 or 978 => DatabaseFault.ReadOnly,
        CommandTimeout or 1222 => DatabaseFault.Locked,
        // Not there, offline, being moved or restored; the network; refused sign-in.
        942 or 945 or 952 or 976 or 983 or 4060 or 18456 or 40197 or 40501 or 40613 => DatabaseFault.Unreachable,
        _ => e.Class >= FatalSeverity ? DatabaseFault.Unreachable : null,
    };
}

/// <summary>The database cannot be written: nothing was saved.</summary>
public sealed class DatabaseNotWritableException(DatabaseFault fault, Exception? why = null)
    : ProblemException($"{fault.DisplayText()} Nothing was saved. Try again once the database can be written.", why)
{
    public DatabaseFault Fault { get; } = fault;
}
