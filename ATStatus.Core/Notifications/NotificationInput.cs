using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Core.Notifications;

/// <summary>What a person enters for a notification.</summary>
/// <param name="Kind">The type; only when adding.</param>
/// <param name="Name">Required; at most <see cref="Notification.NameLength"/>.</param>
/// <param name="Url">What the type accepts; required unless <see cref="UrlFrom"/> says whose is taken.</param>
/// <param name="Secret">A new secret; null or empty keeps the one there is, unless the URL leads to another server now.</param>
/// <param name="RemoveSecret">Remove the one there is; ignored where a new one is given.</param>
/// <param name="Events">At least one.</param>
/// <param name="AllPages">Events of every page; otherwise those of <paramref name="StatusPageIds"/>.</param>
/// <param name="StatusPageIds">At least one where <paramref name="AllPages"/> is false.</param>
public sealed record NotificationInput(
    string Kind, string? Name, string? Url, string? Secret, bool RemoveSecret, IReadOnlyCollection<EventType> Events, bool AllPages,
    IReadOnlyCollection<int> StatusPageIds)
{
    /// <summary>
    /// Takes the stored URL of this notification in the place of <see cref="Url"/>: its own, or that of the one it is a copy of. So a URL
    /// that is a credential need not be shown to be kept.
    /// </summary>
    public int? UrlFrom { get; init; }

    /// <summary>A secret must be given: of a copy, whose original has one that cannot be copied. Ignored by types that sign nothing.</summary>
    public bool SecretRequired { get; init; }

    /// <summary>Events whatever component they concern, if any; otherwise those of <see cref="ComponentIds"/>.</summary>
    public bool AllComponents { get; init; } = true;

    /// <summary>At least one where <see cref="AllComponents"/> is false; each on a page that it is subscribed to.</summary>
    public IReadOnlyCollection<int> ComponentIds { get; init; } = [];

    /// <summary>Of incidents only those at least this severe; null for all. See <see cref="Notification.MinSeverity"/>.</summary>
    public IncidentSeverity? MinSeverity { get; init; }

    /// <summary>Which other notification is alerted when this one fails; null for none. See <see cref="Notification.AlertNotificationId"/>.</summary>
    public int? AlertNotificationId { get; init; }

    /// <summary>Deliver what concerns one incident, maintenance window or component strictly in the order in which it happened.</summary>
    public bool InOrder { get; init; }

    /// <summary>Send the Standard Webhooks headers beside the document's.</summary>
    public bool StandardWebhooks { get; init; }

    /// <summary>
    /// How long the secret that a new one replaces goes on signing beside it, in a header of its own: zero to
    /// <see cref="Notification.LongestOverlap"/>. Ignored where no secret is replaced, and where the URL leads to another server now.
    /// </summary>
    public TimeSpan SecretOverlap { get; init; }

    /// <summary>The secret before the last rotation stops signing now.</summary>
    public bool EndOverlap { get; init; }

    /// <summary>The headers that are added to each request: all there shall be.</summary>
    public IReadOnlyList<HeaderInput> Headers { get; init; } = [];

    /// <summary>Which certificates of an https receiver are trusted.</summary>
    public TlsTrust TlsTrust { get; init; }

    /// <summary>The certificates that <see cref="TlsTrust"/> needs, as PEM; ignored where it needs none.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>The rule about certificates that is stored shall hold too where the URL leads to another server now.</summary>
    public bool KeepTlsTrust { get; init; }

    /// <summary>What the type asks for beyond a URL, by name; names of other types are passed over.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = System.Collections.ObjectModel.ReadOnlyDictionary<string, string>.Empty;

    /// <summary>The same without what only receivers of the operator's own take: secret, headers, rules about certificates.</summary>
    internal NotificationInput ForService() => this with
    {
        Secret = null,
        RemoveSecret = true,
        SecretRequired = false,
        StandardWebhooks = false,
        SecretOverlap = TimeSpan.Zero,
        Headers = [],
        TlsTrust = TlsTrust.System,
        TlsCertificate = null,
    };

    /// <summary>Without URL and secret, so that neither reaches a log by accident.</summary>
    public override string ToString() => $"{Kind} notification '{Name}'";
}

/// <summary>A header that is added to each request.</summary>
/// <param name="Name">Its name; see <see cref="AddedHeaders"/>.</param>
/// <param name="Value">A new value; null or empty keeps the one that is stored under this name, unless the URL leads to another server now.</param>
public sealed record HeaderInput(string? Name, string? Value)
{
    /// <summary>Without the value, so that it does not reach a log by accident.</summary>
    public override string ToString() => $"{Name}: …";
}
