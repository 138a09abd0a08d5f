namespace ATStatus.Core.Notifications;

/// <summary>Why a notification did not want to hear of an event.</summary>
public enum NotSubscribed
{
    /// <summary>The event's type is not among those chosen.</summary>
    Event,

    /// <summary>The event happened on a page that is not among those chosen.</summary>
    Page,

    /// <summary>The event concerned none of the components chosen, or none at all.</summary>
    Component,

    /// <summary>The incident was less severe than what was asked for.</summary>
    Severity,
}

/// <summary>Names and words of <see cref="NotSubscribed"/>.</summary>
public static class NotSubscribedReasons
{
    /// <summary>The code it is stored under, e.g. <c>page</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public static string Code(this NotSubscribed why) => why switch
    {
        NotSubscribed.Event => "event",
        NotSubscribed.Page => "page",
        NotSubscribed.Component => "component",
        NotSubscribed.Severity => "severity",
        _ => throw new ArgumentOutOfRangeException(nameof(why), why, null),
    };

    /// <summary>The reason for people.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public static string Words(this NotSubscribed why) => why switch
    {
        NotSubscribed.Event => "this event was not chosen",
        NotSubscribed.Page => "this status page was not chosen",
        NotSubscribed.Component => "none of the chosen components was concerned",
        NotSubscribed.Severity => "it was not severe enough",
        _ => throw new ArgumentOutOfRangeException(nameof(why), why, null),
    };

    /// <summary>Reads what <see cref="Code"/> wrote; null for a code that this version does not know.</summary>
    public static NotSubscribed? Parse(string? code)
    {
        foreach (var why in Enum.GetValues<NotSubscribed>())
        {
            if (why.Code() == code)
                return why;
        }
        return null;
    }
}
