using ATStatus.Core.Persistence;
using Microsoft.Extensions.Options;

namespace ATStatus.Admin.Hosting;

/// <summary>The failures of a start that are the operator's to put right: each is one line. Anything else is a bug and keeps its stack.</summary>
internal static class StartFailures
{
    /// <summary>The line; null for a bug.</summary>
    /// <param name="failure">What ended the start.</param>
    /// <param name="isBuilt">Whether the console was put together: before that, whatever is out of range or of the wrong form was configured so.</param>
    public static string? Explain(Exception failure, bool isBuilt) => failure switch
    {
        StartRefusedException refused => refused.Message,
        DatabaseNotWritableException database => database.Fault.DisplayText(),
        InvalidDataException unreadable => Line($"{unreadable.Message} {unreadable.InnerException?.Message}"),
        DirectoryNotFoundException => Line($"A folder is missing: {failure.Message}"),
        IOException or UnauthorizedAccessException => Line(failure.Message),
        OptionsValidationException or InvalidOperationException or FormatException or ArgumentException when !isBuilt =>
            Line($"The configuration cannot be read: {failure.Message}"),
        _ => null,
    };

    // A StartRefusedException makes one line of several.
    private static string Line(string message) => new StartRefusedException(message.Trim()).Message;
}
