using ATStatus.Core.Model;

namespace ATStatus.Core.Maintenance;

/// <summary>What a person enters for a maintenance window.</summary>
/// <param name="StatusPageId">The page; not an archived one; only when scheduling.</param>
/// <param name="Title">Required; at most <see cref="MaintenanceWindow.TitleLength"/>.</param>
/// <param name="Message">Required; at most <see cref="MaintenanceWindow.MessageLength"/>.</param>
/// <param name="ComponentIds">The page's components it covers.</param>
/// <param name="Starts">Required; the page's local time.</param>
/// <param name="Ends">Required; the page's local time, after the start and not in the past.</param>
/// <param name="StartsAmbiguous">Which start is meant when the clocks go back over it.</param>
/// <param name="EndsAmbiguous">Which end is meant when the clocks go back over it.</param>
/// <param name="Rule">
/// A cron rule by which it recurs; null or empty for once. It names a time after the start, and none before a window of it
/// has ended. Only when scheduling.
/// </param>
/// <param name="DoNotNotify">Record the events, but skip their deliveries.</param>
/// <param name="DoNotNotifySeries">With <paramref name="DoNotNotify"/>: so for every window of the series from now on.</param>
/// <param name="AllFollowing">
/// The title, message, components and length are the series' as well, for all windows planned from now on. Only when changing a
/// window of a series that has not ended.
/// </param>
/// <param name="RemindBefore">
/// How long before the start subscribers are reminded, at most <see cref="LongestReminder"/>; null for no reminder. A series has it for
/// each of its windows.
/// </param>
/// <param name="StartsAutomatically">Whether the clock starts it. Otherwise a person does. A series has it for each of its windows.</param>
public sealed record MaintenanceInput(
    int? StatusPageId, string? Title, string? Message, IReadOnlyCollection<int> ComponentIds, DateTime? Starts, DateTime? Ends,
    AmbiguousTime StartsAmbiguous = AmbiguousTime.Ask, AmbiguousTime EndsAmbiguous = AmbiguousTime.Ask, string? Rule = null,
    bool DoNotNotify = false, bool DoNotNotifySeries = false, bool AllFollowing = false, TimeSpan? RemindBefore = null, bool StartsAutomatically = true)
{
    /// <summary>The longest time before a start at which subscribers can be reminded of it.</summary>
    public static readonly TimeSpan LongestReminder = TimeSpan.FromDays(30);
}

/// <summary>What a person posts about a window.</summary>
/// <param name="Text">The message. Required; at most <see cref="MaintenanceWindow.MessageLength"/>.</param>
/// <param name="DoNotNotify">Record the event, but skip its deliveries.</param>
/// <param name="DoNotNotifySeries">With <paramref name="DoNotNotify"/>: so for every window of the series from now on.</param>
public sealed record MaintenanceUpdateInput(string? Text, bool DoNotNotify = false, bool DoNotNotifySeries = false);

/// <summary>How a person calls a window off.</summary>
/// <param name="Note">The message, at most <see cref="MaintenanceWindow.MessageLength"/>; empty for the window's own.</param>
/// <param name="Notify">Whether <c>maintenance.updated</c> is raised.</param>
public sealed record MaintenanceCancelInput(string? Note = null, bool Notify = false);

/// <summary>How a person completes a window.</summary>
/// <param name="Note">The message, at most <see cref="MaintenanceWindow.MessageLength"/>; empty for the window's own.</param>
/// <param name="DoNotNotify">Record the events, but skip their deliveries.</param>
/// <param name="DoNotNotifySeries">With <paramref name="DoNotNotify"/>: so for every window of the series from now on.</param>
public sealed record MaintenanceCompleteInput(string? Note = null, bool DoNotNotify = false, bool DoNotNotifySeries = false);

/// <summary>What was entered, judged: texts as they are kept, and the instants (UTC) that the local times mean.</summary>
internal sealed record MaintenancePlan(
    string Title, string Message, DateTime Start, DateTime End, IReadOnlyList<Component> Components, TimeSpan? RemindBefore, bool StartsAutomatically);
