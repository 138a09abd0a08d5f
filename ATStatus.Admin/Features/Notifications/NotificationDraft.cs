using System.Globalization;
using ATStatus.Admin.Features.Notifications.Types;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>A notification while somebody types it. The stored secret is not in it, only whether there is one.</summary>
public sealed class NotificationDraft
{
    /// <summary>The type's kind.</summary>
    public string Kind { get; set; } = NotificationTypes.All[0].Kind;

    public string? Name { get; set; }

    /// <summary>What stands in the field: what was typed, or what is stored, masked (<see cref="MaskedUrl"/>) until somebody asks to see it.</summary>
    public string? Url { get; set; }

    /// <summary>The stored URL as the form shows it, where it can be a credential; null where it is shown whole, or there is none.</summary>
    public string? MaskedUrl { get; private init; }

    /// <summary>The notification whose stored URL it is: this one, or the one that it is a copy of.</summary>
    public int? StoredUrlOf { get; private init; }

    /// <summary>The stored URL stands in the field, whole.</summary>
    public bool IsUrlShown => _shownUrl is not null && Url == _shownUrl;

    /// <summary>A save leaves the stored URL as it is, seen or not.</summary>
    private bool KeepsUrl => MaskedUrl is not null && (Url == MaskedUrl || IsUrlShown);

    private string? _shownUrl;

    /// <summary>Puts the stored URL into the field.</summary>
    public void ShowUrl(string url) => Url = _shownUrl = url;

    /// <summary>Masks the stored URL again.</summary>
    public void HideUrl() => (Url, _shownUrl) = (MaskedUrl, null);

    /// <summary>Whether an URL of a saved notification leads to another server than the stored one: what is stored for that must be entered again.</summary>
    public bool HasMoved => _stored is not null && UrlOrigin.IsKnown(Url) && !UrlOrigin.AreSame(_stored.Url, Url);

    private NotificationDetail? _stored;

    /// <summary>A new secret; empty keeps the stored one.</summary>
    public string? Secret { get; set; }

    public bool HasSecret { get; init; }

    public bool RemoveSecret { get; set; }

    /// <summary>No event at first: what a receiver is told is a decision, and one click chooses all.</summary>
    public Subscription Subscription { get; set; } = new([]);

    /// <summary>How requests go out. Settings of another type stay while the type is chosen; a save drops them.</summary>
    public SendOptions Options { get; set; } = new();

    private static readonly Subscription ChatSuggestion = new([.. EventTypes.All.Where(type => type.Group() is EventGroup.Incidents or EventGroup.Maintenance)]);

    /// <summary>A new one for a chat starts with what people read there; what somebody has chosen stays.</summary>
    public void SuggestEvents(bool isChat)
    {
        if (_stored is null && (Subscription.Events.Count == 0 || Subscription.Events.Equals(ChatSuggestion.Events)))
            Subscription = Subscription with { Events = isChat ? ChatSuggestion.Events : [] };
    }

    /// <summary>The rate limit as it is typed; empty for none.</summary>
    public string? RateLimit { get; set; }

    /// <summary>How long a secret that is replaced goes on signing.</summary>
    public TimeSpan SecretOverlap { get; set; } = TimeSpan.FromDays(1);

    /// <summary>Until when the secret before the stored one goes on signing (UTC); null where there is none.</summary>
    public DateTime? PreviousSecretUntil { get; private init; }

    /// <summary>The secret before the last rotation stops signing with Save.</summary>
    public bool EndOverlap { get; set; }

    /// <summary>The added headers; a value that is stored is empty here.</summary>
    public List<HeaderDraft> Headers { get; private init; } = [];

    /// <summary>The values of added headers were stored and cannot be decrypted any more.</summary>
    public bool HeadersLost { get; private init; }

    private HashSet<string> StoredHeaders { get; init; } = [];

    /// <summary>The stored rule about certificates shall hold for the new server too.</summary>
    public bool KeepTlsTrust { get; set; }

    /// <summary>Whether the rule about certificates is the stored one's, and was chosen for another server.</summary>
    public bool AsksToKeepTlsTrust => HasMoved && Options.KeepsTrustOf(_stored!.Options);

    /// <summary>Whether a save of this would put another secret in the place of the stored one.</summary>
    public bool ReplacesSecret => HasSecret && !RemoveSecret && !string.IsNullOrEmpty(Secret);

    /// <summary>Whether a save of this would leave requests signed.</summary>
    public bool IsSigned => !string.IsNullOrEmpty(Secret) || (HasSecret && !RemoveSecret);

    public static NotificationDraft Of(NotificationDetail saved) => new()
    {
        Kind = saved.Kind,
        Name = saved.Name,
        Url = saved.Url,
        MaskedUrl = saved.UrlIsMasked ? saved.Url : null,
        StoredUrlOf = saved.Id,
        _stored = saved,
        HasSecret = saved.HasSecret,
        Subscription = saved.Subscription,
        Options = saved.Options,
        RateLimit = saved.Options.RateLimit?.ToString(CultureInfo.InvariantCulture),
        PreviousSecretUntil = saved.PreviousSecretUntil,
        Headers = [.. saved.HeaderNames.Select(name => new HeaderDraft { Name = name })],
        HeadersLost = saved.HeadersLost,
        StoredHeaders = saved.HeaderNames.ToHashSet(StringComparer.OrdinalIgnoreCase),
    };

    /// <summary>A new one like a saved one: without its secret and its headers' values, which never leave it.</summary>
    public static NotificationDraft CopyOf(NotificationDetail original)
    {
        const string suffix = " (copy)";
        var name = original.Name[..Math.Min(original.Name.Length, Notification.NameLength - suffix.Length)].TrimEnd();
        return Of(original with
        {
            Name = WellFormedText.ReplaceUnpairedSurrogates(name) + suffix,
            HasSecret = false,
            PreviousSecretUntil = null,
        }).WithoutStored(original.HasSecret);
    }

    /// <summary>A secret must be entered: it is a copy of one that has a secret.</summary>
    public bool SecretRequired { get; private set; }

    private NotificationDraft WithoutStored(bool secretRequired)
    {
        StoredHeaders.Clear();
        _stored = null;
        SecretRequired = secretRequired;
        return this;
    }

    public NotificationInput ToInput() => new(Kind, Name, ToTransport(), Subscription);

    public TestSend ToTest(int? notificationId, EventType type) => new(notificationId, Kind, Name, ToTransport(), type);

    /// <summary>What is no number is 0, which the service refuses with what it takes.</summary>
    private int? EnteredRate => string.IsNullOrWhiteSpace(RateLimit) ? null
        : int.TryParse(RateLimit, NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite, CultureInfo.InvariantCulture, out var count) ? count
        : 0;

    private TransportInput ToTransport() => new(KeepsUrl ? null : Url, Secret)
    {
        UrlFrom = KeepsUrl ? StoredUrlOf : null,
        RemoveSecret = RemoveSecret,
        SecretRequired = SecretRequired,
        SecretOverlap = SecretOverlap,
        EndOverlap = EndOverlap,
        Headers = [.. Headers.Select(header => new HeaderInput(header.Name, header.Value))],
        Options = Options with { RateLimit = EnteredRate },
        KeepTlsTrust = KeepTlsTrust,
    };

    /// <summary>Whether a value is stored under this header's name, which an empty field keeps.</summary>
    public bool IsStored(HeaderDraft header) => StoredHeaders.Contains(header.Name?.Trim() ?? "");

    /// <summary>Whether a save of this one would differ from a save of <paramref name="other"/>.</summary>
    public bool DiffersFrom(NotificationDraft other) =>
        Kind != other.Kind || (Name ?? "") != (other.Name ?? "") || (KeepsUrl ? MaskedUrl : Url ?? "") != (other.Url ?? "")
        || !string.IsNullOrEmpty(Secret) || RemoveSecret != other.RemoveSecret || EndOverlap != other.EndOverlap
        || Headers.Any(h => !string.IsNullOrEmpty(h.Value)) || !Headers.Select(h => h.Name ?? "").SequenceEqual(other.Headers.Select(h => h.Name ?? ""))
        || Options != other.Options || (RateLimit ?? "") != (other.RateLimit ?? "") || Subscription != other.Subscription;
}

/// <summary>An added header while somebody types it.</summary>
public sealed class HeaderDraft
{
    public string? Name { get; set; }

    /// <summary>A new value; empty keeps the stored one.</summary>
    public string? Value { get; set; }
}
