using ATStatus.Core.Sending.Discord;
using ATStatus.Core.Sending.Slack;
using ATStatus.Core.Sending.Teams;
using ATStatus.Core.Sending.Webhook;

namespace ATStatus.Core.Sending;

/// <summary>A kind of notification.</summary>
/// <param name="Name">What its sender and the database know it by.</param>
/// <param name="Sender">Its <see cref="IDeliverySender"/>.</param>
public sealed record SenderKind(string Name, Type Sender);

/// <summary>The one place that lists the kinds of notifications (docs/adding-a-type.md).</summary>
public static class DeliverySenders
{
    /// <summary>Every kind, in the order in which forms offer them; the first is the default.</summary>
    public static IReadOnlyList<SenderKind> All { get; } =
    [
        new(WebhookSender.KindName, typeof(WebhookSender)),
        new(DiscordSender.KindName, typeof(DiscordSender)),
        new(SlackSender.KindName, typeof(SlackSender)),
        new(TeamsSender.KindName, typeof(TeamsSender)),
    ];
}
