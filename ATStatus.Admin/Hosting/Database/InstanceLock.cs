using System.Data;
using ATStatus.Admin.Hosting.Configuration;
using ATStatus.Core.Persistence;
using Microsoft.Data.SqlClient;

namespace ATStatus.Admin.Hosting.Database;

/// <summary>
/// Who may use the database, and who may start on it. A SQLite file belongs to one instance until that has ended. On SQL Server any
/// number may run, but what a start does to the database (migrations, Hangfire's tables, the first key, the first account) is done by one
/// at a time.
/// </summary>
internal sealed class InstanceLock(
    AdminSettings settings, InstanceOptions instances, OwnerOnlyFiles files, IHostEnvironment environment) : IDisposable
{
    /// <summary>How long a start waits for another that is under way on the same database.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private IDisposable? _instance;

    /// <summary>
    /// Waits for a start that is under way elsewhere; dispose the result when this one has done its part. A SQLite file is also locked
    /// until this object is disposed, and taken from other accounts.
    /// </summary>
    /// <exception cref="StartRefusedException">Another instance has the file, or has not finished its start in time.</exception>
    public async Task<IAsyncDisposable> EnterStartAsync(CancellationToken cancellationToken)
    {
        if (settings.SqliteFile is not { } file)
            return await SqlServerStartLock.TakeAsync(settings.Database.ConnectionString, Patience, cancellationToken);
        var held = instances.SingleInstance ? SqliteFile.Open(file) : await WaitForFileAsync(file, cancellationToken);
        files.Tighten(SqliteFile.Resolve(file), environment.ContentRootPath);
        if (!instances.SingleInstance)
            return new StartOnly(held);
        _instance = held;
        return new StartOnly(null);
    }

    /// <summary>Lets the file go.</summary>
    public void Dispose() => _instance?.Dispose();

    /// <summary>Where several instances are allowed on one file, its lock is for the start alone.</summary>
    private static async Task<IDisposable> WaitForFileAsync(string file, CancellationToken cancellationToken)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return SqliteFile.Open(file);
            }
            catch (StartRefusedException e) when (e.InnerException is IOException && TimeProvider.System.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20), cancellationToken);
            }
        }
    }

    private sealed class StartOnly(IDisposable? held) : IAsyncDisposable
    {
        public ValueTask DisposeAsync()
        {
            held?.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}

/// <summary>
/// SQL Server's lock for a start. It belongs to the session of one connection, which no pool keeps, so it is gone with that connection or
/// with the process, however that ends. It is per database: creating the database stays outside.
/// </summary>
internal sealed class SqlServerStartLock : IAsyncDisposable
{
    private const string Resource = "ATStatus.Start";
    private const string Database = "the database of ConnectionStrings:ATStatus";
    private readonly SqlConnection _connection;

    private SqlServerStartLock(SqlConnection connection) => _connection = connection;

    /// <summary>Waits for the lock.</summary>
    /// <exception cref="StartRefusedException">It is not given in time.</exception>
    /// <exception cref="SqlException">The database cannot be opened.</exception>
    public static async Task<SqlServerStartLock> TakeAsync(string connectionString, TimeSpan patience, CancellationToken cancellationToken)
    {
        // A connection that is silently opened again would have lost the lock.
        var own = new SqlConnectionStringBuilder(connectionString) { Pooling = false, ConnectRetryCount = 0 };
        var connection = new SqlConnection(own.ConnectionString);
        try
        {
            await connection.OpenAsync(cancellationToken);
            await using var command = connection.CreateCommand();
            command.CommandText = "sp_getapplock";
            command.CommandType = CommandType.StoredProcedure;
            // The lock's own limit answers first.
            command.CommandTimeout = (int)patience.TotalSeconds + 15;
            command.Parameters.Add("@Resource", SqlDbType.NVarChar, 255).Value = Resource;
            command.Parameters.Add("@LockMode", SqlDbType.VarChar, 32).Value = "Exclusive";
            command.Parameters.Add("@LockOwner", SqlDbType.VarChar, 32).Value = "Session";
            command.Parameters.Add("@LockTimeout", SqlDbType.Int).Value = (int)patience.TotalMilliseconds;
            var answer = command.Parameters.Add("@Answer", SqlDbType.Int);
            answer.Direction = ParameterDirection.ReturnValue;
            await command.ExecuteNonQueryAsync(cancellationToken);
            return (int)answer.Value >= 0 ? new SqlServerStartLock(connection) : throw Refused((int)answer.Value);
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Ends the session, and the lock with it.</summary>
    public ValueTask DisposeAsync() => _connection.DisposeAsync();

    /// <summary>The line for a negative answer of <c>sp_getapplock</c>: -1 is its limit.</summary>
    internal static StartRefusedException Refused(int answer) => new(answer == -1
        ? $"Another instance is starting on {Database} and has not finished in time. Start this one again when it has."
        : FormattableString.Invariant($"The lock for a start on {Database} was not given (sp_getapplock answered {answer})."));
}
