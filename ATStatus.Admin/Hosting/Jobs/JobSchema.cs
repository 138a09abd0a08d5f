using ATStatus.Core.Persistence;
using Hangfire.SqlServer;
using Microsoft.Data.SqlClient;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>
/// Hangfire's tables on SQL Server. Left to itself the storage tries to make them, swallows its failure, and no job is ever fetched: the
/// start makes them instead, and is refused where it cannot.
/// </summary>
internal static class JobSchema
{
    /// <summary>The schema that the tables are in.</summary>
    public const string Name = "HangFire";

    /// <summary>
    /// The script that makes the tables, or brings them to the version of this program; it changes nothing where they are.
    /// </summary>
    public static string Script => SqlServerObjectsInstaller.GetInstallScript(Name, enableHeavyMigrations: true);

    /// <summary>Makes the tables where they are missing. Nothing for SQLite, whose jobs are in memory.</summary>
    /// <exception cref="StartRefusedException">The account may not, or the server refuses.</exception>
    public static async Task InstallAsync(DatabaseOptions options, CancellationToken cancellationToken)
    {
        if (options.Provider != DatabaseProvider.SqlServer)
            return;
        var own = new SqlConnectionStringBuilder(options.ConnectionString) { Pooling = false };
        await using var connection = new SqlConnection(own.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        try
        {
            SqlServerObjectsInstaller.Install(connection, Name, enableHeavyMigrations: true);
        }
        catch (SqlException e)
        {
            throw Refused(e.Number, e);
        }
    }

    /// <summary>The line for a failure.</summary>
    internal static StartRefusedException Refused(int error, Exception? why = null) => new(
        FormattableString.Invariant(
            $"The tables of the jobs (schema {Name}) cannot be made or used in the database of ConnectionStrings:ATStatus (error {error}). ")
            + "Give the account the rights, or let a database administrator run the script that --database-script prints.",
        why);
}
