using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Deliveries.Store;

/// <summary>What decides whether a delivery may be sent now, when it is tried again, and what an alert of its failure says.</summary>
/// <param name="Schedule">The waits between attempts.</param>
/// <param name="Limiter">How many sends a notification and this process may have in flight.</param>
/// <param name="Pause">Whether all sending is paused.</param>
/// <param name="Console">Where an alert says that the delivery is found.</param>
/// <param name="Bodies">Renders bodies that are not the documented one.</param>
/// <param name="Clock">Whether the clock can be believed when something is switched off for its age.</param>
public sealed record SendingRules(
    WebhookOptions Options, RetrySchedule Schedule, ConcurrencyLimiter Limiter, SendingPauseState Pause, RetentionClock Clock, TimeProvider Time,
    ConsoleAddress Console, BodyRendering Bodies);

/// <summary>What was read or saved before and need not be read for each delivery.</summary>
/// <param name="Notifications">Notifications, as of their versions.</param>
/// <param name="Events">The payloads of the events that were saved or sent last.</param>
public sealed record StoreMemory(KnownNotifications Notifications, RecentEvents Events);
