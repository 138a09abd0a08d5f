using ATStatus.Core.Events;

namespace ATStatus.Admin.Features.Events;

/// <summary>Where the things that events are about have their pages, and what they are called.</summary>
internal static class Subjects
{
    /// <summary>"incident", "maintenance", "component", "notification".</summary>
    public static string Noun(EventGroup group) => group switch
    {
        EventGroup.Incidents => "incident",
        EventGroup.Maintenance => "maintenance",
        EventGroup.Components => "component",
        _ => "notification",
    };

    /// <summary>The subject's own page, relative to the base path.</summary>
    public static string Href(EventGroup group, int id) => FormattableString.Invariant($"admin/{Noun(group)}{(group == EventGroup.Maintenance ? "" : "s")}/{id}");

    /// <summary>The page with its delivery report.</summary>
    public static string DeliveryReportHref(EventGroup group, int id) => $"{Href(group, id)}/told";
}
