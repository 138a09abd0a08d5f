using Hangfire.AspNetCore;
using Hangfire.Logging;

namespace ATStatus.Admin.Hosting.Jobs;

/// <summary>
/// Hangfire keeps one log provider for the process, the newest host's. When that host is gone and another still runs, its
/// factory is disposed, and asking it must not stop the other host's workers.
/// </summary>
internal sealed class HangfireLogs(ILoggerFactory loggers) : ILogProvider
{
    private readonly AspNetCoreLogProvider _provider = new(loggers);

    /// <inheritdoc/>
    public ILog GetLogger(string name)
    {
        try
        {
            return _provider.GetLogger(name);
        }
        catch (ObjectDisposedException)
        {
            return Silence.Instance;
        }
    }

    private sealed class Silence : ILog
    {
        public static readonly Silence Instance = new();

        public bool Log(Hangfire.Logging.LogLevel logLevel, Func<string>? messageFunc, Exception? exception = null) => false;
    }
}
