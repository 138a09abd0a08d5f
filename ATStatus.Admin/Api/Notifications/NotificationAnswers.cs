using System.Text.Json.Serialization;
using ATStatus.Admin.Api.Bodies;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;

namespace ATStatus.Admin.Api.Notifications;

/// <summary>A notification: where events are sent, and which.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Type"><c>webhook</c>, <c>discord</c>, <c>slack</c> or <c>teams</c>.</param>
/// <param name="Name">Its name.</param>
/// <param name="Url">Where it sends, without what could be a credential; null where it cannot be decrypted any more.</param>
/// <param name="HasSecret">Whether its requests are signed.</param>
/// <param name="PreviousSecretUntil">Until when the secret before the last change goes on signing; null where there is none.</param>
/// <param name="Events">The events it subscribes to.</param>
/// <param name="StatusPageIds">The pages it is limited to; null for all.</param>
/// <param name="ComponentIds">The components it is limited to; null for all, empty where it is limited to groups alone.</param>
/// <param name="GroupIds">The groups it is limited to, beside the components: whatever components are in them when something happens; null for none.</param>
/// <param name="MinSeverity">Of incidents only those at least this severe; null for all.</param>
/// <param name="InOrder">Deliveries about the same thing wait for the previous one.</param>
/// <param name="AlertNotificationId">The notification that is alerted when this one fails; null for none.</param>
/// <param name="IsEnabled">Whether it is on.</param>
/// <param name="DisabledReason">Why it was switched off; null while it is on.</param>
/// <param name="StandardWebhooks">Whether the Standard Webhooks headers are sent too.</param>
/// <param name="Headers">The added headers; their values are not given out.</param>
/// <param name="TlsTrust"><c>system</c>, <c>authority</c>, <c>pinned</c> or <c>unverified</c>.</param>
/// <param name="TlsCertificate">The certificate that goes with it, as PEM.</param>
/// <param name="Body">In which form the body tells the event.</param>
/// <param name="RateLimit">How many requests may begin in which time; null for any number.</param>
/// <param name="Settings">What its type asks for beyond a URL.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="Version">What <c>If-Match</c> takes.</param>
public sealed record NotificationAnswer(
    int Id, string Type, string Name, string? Url, bool HasSecret, [property: Instant] string? PreviousSecretUntil,
    [property: Words(typeof(EventType))] IReadOnlyList<string> Events, IReadOnlyList<int>? StatusPageIds, IReadOnlyList<int>? ComponentIds,
    IReadOnlyList<int>? GroupIds,
    [property: Words(typeof(IncidentSeverity))] string? MinSeverity, bool InOrder, int? AlertNotificationId, bool IsEnabled, string? DisabledReason,
    bool StandardWebhooks, IReadOnlyList<HeaderAnswer> Headers, string TlsTrust, string? TlsCertificate, BodyAnswer Body, RateLimitAnswer? RateLimit,
    IReadOnlyDictionary<string, string> Settings, [property: Instant] string CreatedAt, [property: Instant] string UpdatedAt, int Version)
{
    internal static NotificationAnswer Of(NotificationDetail n) => new(
        n.Id, n.Kind, n.Name, n.Url, n.HasSecret, Times.Text(n.PreviousSecretUntil), [.. n.Subscription.Events.Select(e => e.WireName())],
        n.Subscription.StatusPageIds?.ToList(), n.Subscription.ComponentIds?.ToList(), n.Subscription.GroupIds?.ToList(), n.Subscription.MinSeverity?.WireName(), n.Subscription.InOrder,
        n.Subscription.AlertNotificationId, n.Enabled, n.DisabledReason, n.Options.StandardWebhooks, [.. n.HeaderNames.Select(name => new HeaderAnswer(name))], NotificationFields.NameOf(n.Options.TlsTrust),
        n.Options.TlsCertificate, BodyAnswer.Of(n.Options), RateLimitAnswer.Of(n.Options), n.Options.Settings, Times.Text(n.CreatedAt), Times.Text(n.UpdatedAt), n.Version);
}

/// <summary>A header that is added to each request.</summary>
/// <param name="Name">Its name.</param>
public sealed record HeaderAnswer(string Name);

/// <summary>The form of a webhook's body.</summary>
/// <param name="Kind"><c>documented</c>, <c>statuspage</c>, <c>cloudevents</c> or <c>template</c>.</param>
/// <param name="Template">The Liquid template, where it is one.</param>
public sealed record BodyAnswer([property: Words(typeof(BodyKind))] string Kind, string? Template)
{
    internal static BodyAnswer Of(SendOptions options) => new(options.Body.WireName(), options.TemplateBody);
}

/// <summary>How many requests may begin in which time.</summary>
/// <param name="Count">How many.</param>
/// <param name="Per"><c>second</c> or <c>minute</c>.</param>
public sealed record RateLimitAnswer(int Count, string Per)
{
    internal static RateLimitAnswer? Of(SendOptions options) =>
        options.RateLimit is { } count ? new(count, NotificationFields.NameOf(options.RatePer)) : null;
}

/// <summary>What is sent to make or change a notification. Left out, a new one has what a new form has, and a PATCH keeps what there is.</summary>
public sealed record NotificationBody : WriteBody
{
    /// <summary><c>webhook</c>, <c>discord</c>, <c>slack</c> or <c>teams</c>; webhook where left out. It stays.</summary>
    public Optional<string?> Type { get; init; }

    /// <summary>Its name. Required when it is made.</summary>
    public Optional<string?> Name { get; init; }

    /// <summary>Where it sends. Required when it is made. As it was answered, it stays as it is stored.</summary>
    public Optional<string?> Url { get; init; }

    /// <summary>The secret that signs; null for none. It is never given out.</summary>
    public Optional<string?> Secret { get; init; }

    /// <summary>How long a secret that is replaced goes on signing beside the new one, in seconds; a day unless said.</summary>
    public Optional<int?> SecretOverlapSeconds { get; init; }

    /// <summary>The secret before the last change stops signing now.</summary>
    public Optional<bool?> EndOverlap { get; init; }

    /// <summary>The events it subscribes to. Required when it is made.</summary>
    [Words(typeof(EventType))]
    public Optional<IReadOnlyList<string>?> Events { get; init; }

    /// <summary>The pages it is limited to; null for all.</summary>
    public Optional<IReadOnlyList<int>?> StatusPageIds { get; init; }

    /// <summary>The components it is limited to, beside those in the groups; null for all where no group is chosen either.</summary>
    public Optional<IReadOnlyList<int>?> ComponentIds { get; init; }

    /// <summary>The groups it is limited to, with whatever components are in them when something happens; null for none.</summary>
    public Optional<IReadOnlyList<int>?> GroupIds { get; init; }

    /// <summary>Of incidents only those at least this severe; null for all.</summary>
    [Words(typeof(IncidentSeverity))]
    public Optional<string?> MinSeverity { get; init; }

    /// <summary>Deliveries about the same thing wait for the previous one.</summary>
    public Optional<bool?> InOrder { get; init; }

    /// <summary>The notification that is alerted when this one fails; null for none.</summary>
    public Optional<int?> AlertNotificationId { get; init; }

    /// <summary>Whether it is on; it is unless said.</summary>
    public Optional<bool?> IsEnabled { get; init; }

    /// <summary>Whether the Standard Webhooks headers are sent too.</summary>
    public Optional<bool?> StandardWebhooks { get; init; }

    /// <summary>The headers that are added to each request: all there shall be. A name alone keeps the stored value.</summary>
    public Optional<IReadOnlyList<HeaderBody>?> Headers { get; init; }

    /// <summary><c>system</c>, <c>authority</c>, <c>pinned</c> or <c>unverified</c>.</summary>
    public Optional<string?> TlsTrust { get; init; }

    /// <summary>The certificate that <c>authority</c> and <c>pinned</c> need, as PEM.</summary>
    public Optional<string?> TlsCertificate { get; init; }

    /// <summary>With a URL of another server: the stored rule about certificates shall hold for it too.</summary>
    public Optional<bool?> KeepTlsTrust { get; init; }

    /// <summary>In which form the body tells the event; null for the documented one. For webhooks.</summary>
    public Optional<BodyBody?> Body { get; init; }

    /// <summary>How many requests may begin in which time; null for any number.</summary>
    public Optional<RateLimitBody?> RateLimit { get; init; }

    /// <summary>What its type asks for beyond a URL, by name.</summary>
    public Optional<IReadOnlyDictionary<string, string>?> Settings { get; init; }

    /// <inheritdoc/>
    protected override Type AnswerType => typeof(NotificationAnswer);

    /// <summary>Without URL and secret, so that neither reaches a log by accident.</summary>
    public override string ToString() => $"notification '{Name.Value}'";
}

/// <summary>A header that is added to each request.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record HeaderBody
{
    /// <summary>Its name. Required.</summary>
    public string? Name { get; init; }

    /// <summary>Its value; left out, the stored one stays.</summary>
    public string? Value { get; init; }

    /// <summary>Without the value, so that it does not reach a log by accident.</summary>
    public override string ToString() => $"{Name}: …";
}

/// <summary>The form of a webhook's body.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record BodyBody
{
    /// <summary><c>documented</c>, <c>statuspage</c>, <c>cloudevents</c> or <c>template</c>. Required.</summary>
    [Words(typeof(BodyKind))]
    public string? Kind { get; init; }

    /// <summary>The Liquid template; required with <c>template</c>, and passed over otherwise.</summary>
    public string? Template { get; init; }

    /// <summary>Without the template, which can hold a key.</summary>
    public override string ToString() => $"{Kind}";
}

/// <summary>How many requests may begin in which time.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RateLimitBody
{
    /// <summary>How many, from 1. Required.</summary>
    public int? Count { get; init; }

    /// <summary><c>second</c> or <c>minute</c>; second where left out.</summary>
    public string? Per { get; init; }
}

/// <summary>What a test is sent as.</summary>
public sealed record TestBody : WriteBody
{
    /// <summary>The event; incident.created where left out.</summary>
    [Words(typeof(EventType))]
    public string? Event { get; init; }
}

/// <summary>What came of a test.</summary>
/// <param name="DeliveryId">Its entry in the delivery log.</param>
/// <param name="Outcome"><c>delivered</c> or <c>failed</c>.</param>
/// <param name="StatusCode">What the receiver answered; null where it did not.</param>
/// <param name="Failure">Why it failed; null where it did not.</param>
/// <param name="Error">The same in words.</param>
/// <param name="DurationMs">How long it took.</param>
/// <param name="ResponseBody">The beginning of the receiver's answer; null without <c>read:payloads</c>.</param>
public sealed record TestAnswer(
    long DeliveryId, string Outcome, int? StatusCode, [property: Words(typeof(Core.Sending.FailureKind))] string? Failure, string? Error, int DurationMs,
    string? ResponseBody);

/// <summary>What of a notification's missed deliveries is sent again.</summary>
public sealed record RecoverBody : WriteBody
{
    /// <summary>What failed or was skipped at this moment or later. Required.</summary>
    [Instant]
    public string? Since { get; init; }

    /// <summary>Those that failed; they are unless said.</summary>
    public bool? Failed { get; init; }

    /// <summary>Those that were skipped because it was off; they are unless said.</summary>
    public bool? Skipped { get; init; }
}
