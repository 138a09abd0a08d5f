using ATStatus.Admin.Api.Bodies;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;

namespace ATStatus.Admin.Api.Notifications;

/// <summary>Reads what bodies say of a notification.</summary>
internal static class NotificationFields
{
    private static readonly TimeSpan UsualOverlap = TimeSpan.FromDays(1);
    private static readonly string[] RateNames = [.. Enum.GetValues<RatePer>().Select(NameOf)];
    private static readonly string[] TrustNames = [.. Enum.GetValues<TlsTrust>().Select(NameOf)];

    public static string NameOf(RatePer per) => per == RatePer.Minute ? "minute" : "second";

    public static string NameOf(TlsTrust trust) => trust switch
    {
        TlsTrust.Authority => "authority",
        TlsTrust.Pinned => "pinned",
        TlsTrust.Unverified => "unverified",
        _ => "system",
    };

    /// <summary>What a body makes of a notification.</summary>
    /// <param name="check">Takes what is wrong.</param>
    /// <param name="body">What was sent.</param>
    /// <param name="saved">What there is; null for a new one.</param>
    public static NotificationInput Input(this FieldCheck check, NotificationBody body, NotificationDetail? saved)
    {
        check.Require(saved is null || body.Type.Or(saved.Kind) == saved.Kind, "type", "A notification keeps its type.");
        var before = saved?.Subscription ?? new Subscription([]);
        var events = body.Events.IsGiven ? check.Events(body.Events.Value) : [.. before.Events];
        var severity = body.MinSeverity.IsGiven
            ? check.Word<IncidentSeverity>(body.MinSeverity.Value, "minSeverity", IncidentSeverities.TryParse, Words.Severities)
            : before.MinSeverity;
        var subscription = new Subscription(events)
        {
            StatusPageIds = body.StatusPageIds.IsGiven ? body.StatusPageIds.Value : before.StatusPageIds,
            ComponentIds = body.ComponentIds.IsGiven ? body.ComponentIds.Value : before.ComponentIds,
            GroupIds = body.GroupIds.IsGiven ? body.GroupIds.Value : before.GroupIds,
            MinSeverity = severity == IncidentSeverity.None ? null : severity,
            InOrder = body.InOrder.Value ?? before.InOrder,
            AlertNotificationId = body.AlertNotificationId.Or(before.AlertNotificationId),
        };
        return new NotificationInput(saved?.Kind ?? body.Type.Value ?? "webhook", body.Name.Or(saved?.Name), check.Transport(body, saved), subscription)
        {
            IsEnabled = body.IsEnabled.Value,
        };
    }

    private static List<EventType> Events(this FieldCheck check, IReadOnlyList<string>? names)
    {
        var events = new List<EventType>();
        foreach (var name in names ?? [])
        {
            if (EventTypes.TryParse(name, out var type) && !type.IsAlert())
                events.Add(type);
            else
                check.Require(false, "events", $"It takes these: {string.Join(", ", EventTypes.Selectable.Select(e => e.WireName()))}.");
        }
        return events;
    }

    private static TransportInput Transport(this FieldCheck check, NotificationBody body, NotificationDetail? saved)
    {
        var options = saved?.Options ?? new SendOptions();
        if (body.Body.IsGiven)
        {
            var form = body.Body.Value;
            check.Require(form is null or { Kind: not null }, "body", $"It takes an object with a kind: {string.Join(", ", Words.Bodies)}.");
            options = options with
            {
                Body = check.Word<BodyKind>(form?.Kind, "body", BodyKinds.TryParse, Words.Bodies) ?? BodyKind.Documented,
                TemplateBody = form?.Template,
            };
        }
        if (body.RateLimit.IsGiven)
        {
            var limit = body.RateLimit.Value;
            check.Require(limit is null or { Count: not null }, "rateLimit", "It takes an object with a count, and per: second or minute.");
            options = options with
            {
                RateLimit = limit?.Count,
                RatePer = check.Word<RatePer>(limit?.Per, "rateLimit", TryParse, RateNames) ?? RatePer.Second,
            };
        }
        var keepsUrl = saved is not null && (!body.Url.IsGiven || (saved.UrlIsMasked && body.Url.Value == saved.Url));
        return new TransportInput(keepsUrl ? null : body.Url.Value, body.Secret.Value)
        {
            UrlFrom = keepsUrl ? saved!.Id : null,
            RemoveSecret = body.Secret is { IsGiven: true, Value: null or "" },
            SecretOverlap = body.SecretOverlapSeconds.Value is { } seconds ? TimeSpan.FromSeconds(seconds) : UsualOverlap,
            EndOverlap = body.EndOverlap.Value == true,
            Headers = body.Headers.IsGiven
                ? [.. (body.Headers.Value ?? []).Select(header => new HeaderInput(header?.Name, header?.Value))]
                : [.. (saved?.HeaderNames ?? []).Select(name => new HeaderInput(name, null))],
            Options = options with
            {
                StandardWebhooks = body.StandardWebhooks.Value ?? options.StandardWebhooks,
                TlsTrust = check.Word<TlsTrust>(body.TlsTrust.Value, "tlsTrust", TryParse, TrustNames) ?? options.TlsTrust,
                TlsCertificate = body.TlsCertificate.Or(options.TlsCertificate),
                Settings = body.Settings.IsGiven
                    ? (body.Settings.Value ?? new Dictionary<string, string>()).Where(setting => setting.Value is not null).ToDictionary()
                    : options.Settings,
            },
            KeepTlsTrust = body.KeepTlsTrust.Value == true,
        };
    }

    private static bool TryParse(string? name, out RatePer per)
    {
        per = name == NameOf(RatePer.Minute) ? RatePer.Minute : RatePer.Second;
        return NameOf(per) == name;
    }

    private static bool TryParse(string? name, out TlsTrust trust)
    {
        trust = Enum.GetValues<TlsTrust>().FirstOrDefault(value => NameOf(value) == name);
        return NameOf(trust) == name;
    }
}
