using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>Why a notification was not subscribed to an event.</summary>
public enum ExclusionReason
{
    /// <summary>The event's type is not among those chosen.</summary>
    Event,

    /// <summary>The event happened on a page that is not among those chosen.</summary>
    Page,

    /// <summary>The event concerned none of the components chosen and none in a group chosen, or none at all.</summary>
    Component,

    /// <summary>The incident was less severe than what was asked for.</summary>
    Severity,
}

/// <summary>Names and words of <see cref="ExclusionReason"/>.</summary>
public static class ExclusionReasons
{
    /// <summary>The code it is stored under, e.g. <c>page</c>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public static string Code(this ExclusionReason why) => why switch
    {
        ExclusionReason.Event => "event",
        ExclusionReason.Page => "page",
        ExclusionReason.Component => "component",
        ExclusionReason.Severity => "severity",
        _ => throw new ArgumentOutOfRangeException(nameof(why), why, null),
    };

    /// <summary>The reason for people.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The value is none of the enumeration's.</exception>
    public static string DisplayText(this ExclusionReason why) => why switch
    {
        ExclusionReason.Event => "this event was not chosen",
        ExclusionReason.Page => "this status page was not chosen",
        ExclusionReason.Component => "none of the chosen components was concerned",
        ExclusionReason.Severity => "it was not severe enough",
        _ => throw new ArgumentOutOfRangeException(nameof(why), why, null),
    };

    /// <summary>Reads what <see cref="Code"/> wrote; null for a code that this version does not know.</summary>
    public static ExclusionReason? Parse(string? code) => WireNames.TryFind(Enum.GetValues<ExclusionReason>(), Code, code, out var why) ? why : null;
}
