using ATStatus.Core.Events;

namespace ATStatus.Core.Notifications;

/// <summary>What a person enters for a notification.</summary>
/// <param name="Kind">The type; only when adding.</param>
/// <param name="Name">Required; at most <see cref="Notification.NameLength"/>.</param>
/// <param name="Url">Required; what the type accepts.</param>
/// <param name="Secret">A new secret; null or empty keeps the one there is.</param>
/// <param name="RemoveSecret">Remove the one there is; ignored where a new one is given.</param>
/// <param name="Events">At least one.</param>
/// <param name="AllPages">Events of every page; otherwise those of <paramref name="StatusPageIds"/>.</param>
/// <param name="StatusPageIds">At least one where <paramref name="AllPages"/> is false.</param>
public sealed record NotificationInput(
    string Kind, string? Name, string? Url, string? Secret, bool RemoveSecret, IReadOnlyCollection<EventType> Events, bool AllPages,
    IReadOnlyCollection<int> StatusPageIds)
{
    /// <summary>Deliver what concerns one incident, maintenance window or component strictly in the order in which it happened.</summary>
    public bool InOrder { get; init; }

    /// <summary>Send the Standard Webhooks headers beside the document's.</summary>
    public bool StandardWebhooks { get; init; }

    /// <summary>Without URL and secret, so that neither reaches a log by accident.</summary>
    public override string ToString() => $"{Kind} notification '{Name}'";
}
