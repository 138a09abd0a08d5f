using System.Data;
using System.Diagnostics.CodeAnalysis;
using ATStatus.Core.Persistence;
using Hangfire.States;
using Microsoft.Data.SqlClient;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>
/// What <see cref="KeptJobs"/> is for the memory, for SQL Server and all its instances together: once a minute whatever is older than the
/// newest <see cref="KeptJobs.Count"/> of its state expires, and Hangfire deletes it. A state and its end are judged by one statement, so
/// that a job that somebody requeues at this moment stays.
/// </summary>
internal sealed partial class KeptJobsOfSqlServer(
    DatabaseOptions options, DatabaseWritability writability, TimeProvider time, ILogger<KeptJobsOfSqlServer> logger) : BackgroundService
{
    /// <summary>
    /// Lets at most a thousand expire (escalation of locks begins at five thousand). They are found by the index over states; what
    /// workers are changing at this moment is left for the next time.
    /// </summary>
    internal const string Statement = $"""
        DECLARE @newest TABLE ([Id] bigint NOT NULL);
        INSERT INTO @newest ([Id])
            SELECT TOP (@kept) [Id] FROM [{JobSchema.Name}].[Job] WITH (READCOMMITTEDLOCK, READPAST)
            WHERE [StateName] = @state ORDER BY [Id] DESC;
        UPDATE TOP (1000) j SET [ExpireAt] = SYSUTCDATETIME()
        FROM [{JobSchema.Name}].[Job] j WITH (ROWLOCK, READPAST)
        WHERE j.[StateName] = @state AND j.[Id] < (SELECT MIN([Id]) FROM @newest) AND (SELECT COUNT(*) FROM @newest) = @kept
            AND (j.[ExpireAt] IS NULL OR j.[ExpireAt] > SYSUTCDATETIME());
        SELECT @@ROWCOUNT;
        """;

    private const int Batch = 1000;
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    /// <inheritdoc/>
    [SuppressMessage("Design", "CA1031", Justification = "What fails (a database out of reach) is done again a minute later.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await Task.Delay(Interval, time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            try
            {
                await writability.WaitAsync(stoppingToken);
                await TrimAsync(stoppingToken);
            }
            catch (Exception) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!writability.Explains(e))
                    LogFailed(e);
            }
        }
    }

    /// <summary>Lets expire whatever is too much.</summary>
    internal async Task TrimAsync(CancellationToken cancellationToken)
    {
        await using var connection = new SqlConnection(options.ConnectionString);
        await connection.OpenAsync(cancellationToken);
        await using var command = connection.CreateCommand();
        command.CommandText = Statement;
        command.Parameters.Add("@kept", SqlDbType.Int).Value = KeptJobs.Count;
        var state = command.Parameters.Add("@state", SqlDbType.NVarChar, 20);
        foreach (var name in (string[])[SucceededState.StateName, DeletedState.StateName, FailedState.StateName])
        {
            state.Value = name;
            while (await command.ExecuteScalarAsync(cancellationToken) is Batch)
            {
            }
        }
    }

    [LoggerMessage(LogLevel.Error, "Jobs that have ended could not be cleared away; trying again.")]
    private partial void LogFailed(Exception e);
}
