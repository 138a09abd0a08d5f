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
    private static readonly StatusStyle OnHold = new("On hold", Tone.Warning, Icons.Material.Outlined.HourglassEmpty);
    private static readonly StatusStyle NotSubscribed = new("Not subscribed", Tone.Neutral, Icons.Material.Outlined.NotificationsOff);
    private static readonly StatusStyle AddedLater = new("Added later", Tone.Neutral, Icons.Material.Outlined.MoreTime);
    private static readonly StatusStyle NotKnown = new("Not known", Tone.Neutral, Icons.Material.Outlined.HelpOutline);

    /// <summary>Every outcome there is; what asks for somebody first.</summary>
    public static IReadOnlyList<StatusStyle> All { get; } =
    [
        Of(DeliveryState.Failed), Of(DeliveryState.Retrying), OnHold, Of(DeliveryState.Pending), Of(DeliveryState.Sending), Of(DeliveryState.Delivered),
        Of(DeliveryState.Skipped), NotSubscribed, AddedLater, NotKnown,
    ];

    /// <summary>Text, tone and icon.</summary>
    public static StatusStyle Of(RecipientResult result) => result switch
    {
        { Outcome: RecipientOutcome.NotSubscribed } => NotSubscribed,
        { Outcome: RecipientOutcome.AddedLater } => AddedLater,
        { Outcome: RecipientOutcome.Unknown } => NotKnown,
        { Delivery.Hold: not null } => OnHold,
        _ => Of(result.Delivery!.State),
    };

    /// <summary>What there is to say beyond the state: why, and how the last attempt went. Empty where there is nothing.</summary>
    public static string DisplayText(RecipientResult result) => result switch
    {
        { Outcome: RecipientOutcome.NotSubscribed, Why: { } why } => Sentence(why.DisplayText()),
        { Outcome: RecipientOutcome.AddedLater } => "The notification did not exist yet.",
        { Outcome: RecipientOutcome.Unknown } => "No record, or none any more: old deliveries are deleted after the retention period.",
        { Delivery: { } delivery } => DisplayText(delivery),
        _ => "",
    };

    private static StatusStyle Of(DeliveryState state) => StatusStyles.Of(StatusKind.Delivery, state.WireName());

    /// <summary>What follows the outcome where there is little room: "last attempt 503", "all sending is paused". Empty where there is nothing.</summary>
    public static string Why(RecipientResult result) => result switch
    {
        { Outcome: RecipientOutcome.NotSubscribed, Why: { } why } => why.DisplayText(),
        { Delivery.Hold: { } hold } => hold switch
        {
            HoldReason.Circuit => "the notification keeps failing",
            HoldReason.Order => "an earlier delivery comes first",
            HoldReason.Paused => "all sending is paused",
            _ => "waits its turn",
        },
        { Delivery: { State: DeliveryState.Skipped, Reason: { } reason } } => reason,
        { Delivery: { State: DeliveryState.Retrying or DeliveryState.Failed } delivery } => delivery switch
        {
            { LastStatusCode: { } status, LastFailure: not null } => FormattableString.Invariant($"last attempt {status}"),
            { LastFailure: { } failure } => $"last attempt {InSentence(failure.Label())}",
            _ => delivery.Reason ?? "",
        },
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

    // "timed out", but "TLS failed".
    private static string InSentence(string words) => char.IsUpper(words[1]) ? words : $"{char.ToLowerInvariant(words[0])}{words[1..]}";

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
