using System.Linq.Expressions;
using ATStatus.Core.Persistence.Sqlite;
using ATStatus.Core.Persistence.SqlServer;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace ATStatus.Core.Persistence;

/// <summary>What differs between the databases, one for each: whoever needs it asks here, and nobody asks which database it is.</summary>
internal abstract class SqlDialect
{
    /// <summary>A file, whose writers write one after the other, for one instance.</summary>
    public static readonly SqlDialect Sqlite = new SqliteDialect();

    /// <summary>A server, for any number of instances.</summary>
    public static readonly SqlDialect SqlServer = new SqlServerDialect();

    public static SqlDialect Of(DatabaseProvider provider) => provider == DatabaseProvider.Sqlite ? Sqlite : SqlServer;

    /// <summary>Whether others may write at the same time: other transactions, and other instances.</summary>
    public abstract bool IsShared { get; }

    /// <summary>Where a database is, as it is compared with the last use to tell a copy from the original.</summary>
    public abstract string PlaceOf(string connectionString);

    /// <summary>Makes the database if there is none, empty, unless the migration does. Any number of instances may do so at once.</summary>
    public virtual Task CreateAsync(IDbContextFactory<AtStatusDbContext> contexts, string connectionString, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>What a database needs before it is migrated.</summary>
    public virtual Task PrepareAsync(AtStatusDbContext db, CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Watches whether the file at the database's path is the one that is open; null where there is no file.</summary>
    public virtual SqliteFileWatch? WatchFile(string connectionString) => null;

    /// <summary>The time (UTC) that leases are set and judged by: the server's own where several instances share it, otherwise this process's.</summary>
    public abstract Task<DateTime> NowAsync(AtStatusDbContext db, TimeProvider time, CancellationToken cancellationToken = default);

    /// <summary>A subquery: the numbers in the parameter <c>@numbers</c>, a JSON array.</summary>
    public abstract string Numbers { get; }

    /// <summary>Follows a table whose rows are read to be written in the same transaction.</summary>
    public abstract string ForUpdate { get; }

    /// <summary>Sets the row <c>@name</c> of the checkpoints to <c>@value</c>, or inserts it.</summary>
    public abstract string SetCheckpoint { get; }

    /// <summary>Limits how long the connection's statements wait for another writer; null where their own limit does.</summary>
    public virtual string? WaitAtMost(int seconds) => null;

    /// <summary>Whether ids are kept as text, in capitals, so that those that begin in one way are a range.</summary>
    public abstract bool HasIdsAsText { get; }

    /// <summary>Rows by an index (empty for the table itself), which has them all or those of a condition, given also as the index has it.</summary>
    public abstract IQueryable<T> By<T>(DbSet<T> rows, string index, string? condition, Expression<Func<T, bool>>? where)
        where T : class;

    /// <param name="isNumbered">The database gives each row a number, which the statement returns where that is not told otherwise.</param>
    public abstract string Insert(string table, string[] names, bool isNumbered);

    public abstract string Update(string table, string set, string[] keys, string where);

    public abstract string Add(string table, string count, string[] keys, string where);

    /// <summary>A statement of the above with the rows that are passed to it.</summary>
    public abstract string WithRows(string statement, IEntityType table, string[] passed);

    /// <inheritdoc cref="RowStatement{T}.WriteAsync"/>
    public abstract Task<IReadOnlyCollection<long>> WriteAsync<T>(AtStatusDbContext db, RowStatement<T> statement, IReadOnlyList<T> rows, PreparedStatements? prepared);

    /// <inheritdoc cref="RowStatement{T}.InsertAsync"/>
    public abstract Task InsertAsync<T>(AtStatusDbContext db, RowStatement<T> statement, IReadOnlyList<T> rows, Action<T, long> number);

    protected static string Names(IEnumerable<string> names, string alias = "") => string.Join(", ", names.Select(name => $"{alias}\"{name}\""));

    /// <summary>That the table's row is the one that is passed.</summary>
    protected static string Same(string[] keys, string where = "") =>
        string.Join(" AND ", [.. keys.Select(key => $"t.\"{key}\" = r.\"{key}\""), .. where.Length > 0 ? [where] : Array.Empty<string>()]);
}
