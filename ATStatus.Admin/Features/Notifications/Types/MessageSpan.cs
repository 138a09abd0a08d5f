namespace ATStatus.Admin.Features.Notifications.Types;

/// <summary>A stretch of a message as a service shows it.</summary>
/// <param name="Text">What is read.</param>
/// <param name="At">An instant (UTC) that the service puts into the reader's zone, in the place of the text; null for text.</param>
/// <param name="IsLink">Whether it can be pressed in the service. Not here.</param>
public sealed record MessageSpan(string Text, DateTime? At = null, bool IsLink = false)
{
    /// <summary>An instant.</summary>
    /// <param name="unix">Seconds since 1970, as services write it.</param>
    public static MessageSpan Instant(long unix) => new("", DateTimeOffset.FromUnixTimeSeconds(unix).UtcDateTime);
}
