using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Hosting;

namespace ATStatus.Core.Persistence;

/// <summary>
/// Does something turn after turn for as long as the console runs. While the database cannot be written it waits. A turn that fails is made again,
/// and logged where the database's own trouble does not explain it.
/// </summary>
public abstract class BackgroundLoop(DatabaseWritability writability, TimeProvider time, TimeSpan afterFailure) : BackgroundService
{
    protected DatabaseWritability Writability { get; } = writability;

    protected TimeProvider Time { get; } = time;

    protected virtual TimeSpan FirstWait => TimeSpan.Zero;

    /// <summary>One turn. Returns the wait before the next; null where there is none.</summary>
    protected abstract Task<TimeSpan?> TurnAsync(CancellationToken stoppingToken);

    protected abstract void LogFailed(Exception e);

    [SuppressMessage("Design", "CA1031", Justification = "What fails (a database out of reach) is done again; the loop must not end.")]
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        TimeSpan? next = FirstWait;
        while (next is { } wait)
        {
            await Task.Delay(wait, Time, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (stoppingToken.IsCancellationRequested)
                return;
            try
            {
                await Writability.WaitAsync(stoppingToken);
                next = await TurnAsync(stoppingToken);
            }
            catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
            {
                return;
            }
            catch (Exception e)
            {
                if (!Writability.Explains(e))
                    LogFailed(e);
                next = afterFailure;
            }
        }
    }
}
