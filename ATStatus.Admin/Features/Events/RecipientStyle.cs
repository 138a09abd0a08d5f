using ATStatus.Admin.Components.Shared;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using MudBlazor;

namespace ATStatus.Admin.Features.Events;

/// <summary>How it is shown whether a notification received an event.</summary>
internal static class RecipientStyle
{
    /// <summary>Text, tone and icon.</summary>
    public static StatusStyle Of(RecipientResult result) => result.Outcome switch
    {
        RecipientOutcome.NotSubscribed => new("Not subscribed", Tone.Neutral, Icons.Material.Outlined.NotificationsOff),
        RecipientOutcome.MadeLater => new("Made later", Tone.Neutral, Icons.Material.Outlined.MoreTime),
        RecipientOutcome.Unknown => new("Not known", Tone.Neutral, Icons.Material.Outlined.HelpOutline),
        _ => StatusStyles.Of(StatusKind.Delivery, result.Delivery!.State.WireName()),
    };

    /// <summary>What there is to say beyond the state: why, and how the last attempt went. Empty where there is nothing.</summary>
    public static string DisplayText(RecipientResult result) => result switch
    {
        { Outcome: RecipientOutcome.NotSubscribed, Why: { } why } => Sentence(why.DisplayText()),
        { Outcome: RecipientOutcome.MadeLater } => "The notification did not exist yet.",
        { Outcome: RecipientOutcome.Unknown } => "Nothing is written down about it, or not any more: old deliveries are removed in time.",
        { Delivery: { } delivery } => DisplayText(delivery),
        _ => "",
    };

    private static string DisplayText(RecipientDelivery delivery) => delivery switch
    {
        { Hold: { } hold } => hold.DisplayText(),
        { State: DeliveryState.Delivered } => Attempts(delivery),
        { State: DeliveryState.Failed } => $"{delivery.Reason} {Last(delivery)}".Trim(),
        { State: DeliveryState.Skipped } => delivery.Reason ?? "",
        _ => Last(delivery),
    };

    private static string Sentence(string words) => $"{char.ToUpperInvariant(words[0])}{words[1..]}.";

    private static string Attempts(RecipientDelivery delivery) => delivery.AttemptCount == 1
        ? "At the first attempt."
        : FormattableString.Invariant($"After {delivery.AttemptCount} attempts.");

    private static string Last(RecipientDelivery delivery) => delivery switch
    {
        { LastStatusCode: { } status, LastFailure: not null } => FormattableString.Invariant($"Last status {status}."),
        { LastFailure: { } failure } => $"{failure.Label()}.",
        _ => "",
    };
}
