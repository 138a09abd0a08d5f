using ATStatus.Core.Sending.Discord;
using ATStatus.Core.Sending.Slack;
using ATStatus.Core.Sending.Teams;
using ATStatus.Core.Sending.Webhook;

namespace ATStatus.Core.Sending;

/// <summary>A kind of notification.</summary>
/// <param name="Name">What its sender and the database know it by.</param>
/// <param name="Sender">Its <see cref="IDeliverySender"/>.</param>
/// <param name="IsChat">Whether people read its messages, so that the events of one save are one message.</param>
public sealed record SenderKind(string Name, Type Sender, bool IsChat = true);

/// <summary>The one place that lists the kinds of notifications (docs/adding-a-type.md).</summary>
public static class DeliverySenders
{
    /// <summary>Every kind, in the order in which forms offer them; the first is the default.</summary>
    public static IReadOnlyList<SenderKind> All { get; } =
    [
        new(WebhookSender.KindName, typeof(WebhookSender), IsChat: false),
        new(DiscordSender.KindName, typeof(DiscordSender)),
        new(SlackSender.KindName, typeof(SlackSender)),
        new(TeamsSender.KindName, typeof(TeamsSender)),
    ];

    private static readonly HashSet<string> Chat = [.. All.Where(kind => kind.IsChat).Select(kind => kind.Name)];

    /// <summary>Whether the events of one save are one message for notifications of this kind.</summary>
    public static bool IsChat(string kind) => Chat.Contains(kind);
}
