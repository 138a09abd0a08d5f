using ATStatus.Core.Persistence;

namespace ATStatus.Admin.Features;

/// <summary>Unexpected errors of pages: the log gets the exception, the person in front of the page a sentence.</summary>
internal static partial class PageFaults
{
    /// <summary>What the person reads.</summary>
    public const string DisplayText = "An unexpected error happened; it has been logged. Try again.";

    /// <summary>What stands in the place of what could not be loaded.</summary>
    public const string LoadText = "The database did not answer as it should. It has been logged.";

    /// <param name="logger">The page's log.</param>
    /// <param name="error">What was thrown.</param>
    /// <param name="step">What the page was about to do: "load the deliveries".</param>
    public static void LogPageFault(this ILogger logger, Exception error, string step)
    {
        // What the whole database has is logged in one place, and not once more by each page that meets it.
        if (DatabaseFaults.Of(error) is null)
            LogFault(logger, error, step);
    }

    [LoggerMessage(LogLevel.Error, "A page could not {Step}.")]
    private static partial void LogFault(ILogger logger, Exception error, string step);
}
