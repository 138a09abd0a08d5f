using ATStatus.Admin.Components.Shared;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using MudBlazor;

namespace ATStatus.Admin.Features.Events;

/// <summary>How it looks, and in words, whether a notification was told of an event.</summary>
internal static class TellingLooks
{
    /// <summary>Text, tone and icon.</summary>
    public static StatusLook Of(Telling telling) => telling.Told switch
    {
        Told.ExclusionReason => new("Not subscribed", Tone.Neutral, Icons.Material.Outlined.NotificationsOff),
        Told.MadeLater => new("Made later", Tone.Neutral, Icons.Material.Outlined.MoreTime),
        Told.Unknown => new("Not known", Tone.Neutral, Icons.Material.Outlined.HelpOutline),
        _ => StatusLooks.Of(StatusKind.Delivery, telling.Delivery!.State.WireName()),
    };

    /// <summary>What there is to say beyond the state: why, and how the last attempt went. Empty where there is nothing.</summary>
    public static string Words(Telling telling) => telling switch
    {
        { Told: Told.ExclusionReason, Why: { } why } => Sentence(why.Words()),
        { Told: Told.MadeLater } => "The notification did not exist yet.",
        { Told: Told.Unknown } => "Nothing is written down about it, or not any more: old deliveries are removed in time.",
        { Delivery: { } delivery } => Words(delivery),
        _ => "",
    };

    private static string Words(ToldDelivery delivery) => delivery switch
    {
        { Hold: { } hold } => hold.Words(),
        { State: DeliveryState.Delivered } => Attempts(delivery),
        { State: DeliveryState.Failed } => $"{delivery.Reason} {Last(delivery)}".Trim(),
        { State: DeliveryState.Skipped } => delivery.Reason ?? "",
        _ => Last(delivery),
    };

    private static string Sentence(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}.";

    private static string Attempts(ToldDelivery delivery) => delivery.AttemptCount == 1
        ? "At the first attempt."
        : FormattableString.Invariant($"After {delivery.AttemptCount} attempts.");

    private static string Last(ToldDelivery delivery) => delivery switch
    {
        { LastStatusCode: { } status, LastFailure: not null } => FormattableString.Invariant($"Last status {status}."),
        { LastFailure: { } failure } => $"{failure.Label()}.",
        _ => "",
    };
}
