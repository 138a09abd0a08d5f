using System.Collections.ObjectModel;
using System.Globalization;
using System.Text.Json.Serialization;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Core.Notifications;

/// <summary>
/// A notification as a file carries it from one console to another: names instead of numbers, and nothing that is a secret. No signing
/// secret, no header's value, and the URL only where <see cref="Sending.MaskedUrl"/> has nothing to hide of it: for many services it is the
/// credential.
/// </summary>
public sealed record NotificationEntry
{
    private const string Second = "second", Minute = "minute";

    /// <summary>The type: <c>webhook</c>.</summary>
    public string? Type { get; init; }

    public string? Name { get; init; }

    /// <summary>Its target; where <see cref="UrlIsMasked"/>, what lists show of it.</summary>
    public string? Url { get; init; }

    /// <summary>The URL is not whole and must be entered again.</summary>
    public bool UrlIsMasked { get; init; }

    /// <summary>Its URL must be entered: the file has none, or only what lists show of it.</summary>
    [JsonIgnore]
    public bool NeedsUrl => UrlIsMasked || string.IsNullOrWhiteSpace(Url);

    /// <summary>It signs what it sends; the secret must be entered again.</summary>
    public bool Signed { get; init; }

    /// <summary>The names of the events.</summary>
    public IReadOnlyList<string>? Events { get; init; }

    /// <summary>The slugs of the pages it is limited to; null for all.</summary>
    public IReadOnlyList<string>? StatusPages { get; init; }

    /// <summary>The components it is limited to, beside <see cref="Groups"/>; null for all, empty where there are groups alone.</summary>
    public IReadOnlyList<ComponentEntry>? Components { get; init; }

    /// <summary>The groups of components it is limited to; null for none.</summary>
    public IReadOnlyList<ComponentEntry>? Groups { get; init; }

    /// <summary>The least severity of incidents; null for all.</summary>
    public string? MinSeverity { get; init; }

    /// <summary>The name of the notification that is alerted when this one fails; null for none.</summary>
    public string? Alert { get; init; }

    public bool InOrder { get; init; }

    /// <summary>Standard Webhooks headers as well.</summary>
    public bool StandardWebhooks { get; init; }

    /// <summary>The names of added headers, whose values must be entered again.</summary>
    public IReadOnlyList<string>? Headers { get; init; }

    /// <summary>Which certificates are trusted; null for the system's.</summary>
    public string? TlsTrust { get; init; }

    /// <summary>The certificate that goes with it, as PEM.</summary>
    public string? TlsCertificate { get; init; }

    /// <summary>In which form the body tells the event; null for the documented one.</summary>
    public BodyEntry? Body { get; init; }

    /// <summary>How many requests may begin in which time; null for any number.</summary>
    public RateLimitEntry? RateLimit { get; init; }

    /// <summary>What the type asks for beyond a URL.</summary>
    public IReadOnlyDictionary<string, string>? Settings { get; init; }

    internal static NotificationEntry Of(
        Notification notification, string url, bool isMasked, IReadOnlyList<string> headers, ConsoleNames names)
    {
        var (subscription, options) = (notification.Subscription, notification.Transport.Options);
        return new NotificationEntry
        {
            Type = notification.Kind,
            Name = notification.Name,
            Url = url,
            UrlIsMasked = isMasked,
            Signed = notification.Transport.IsSigned,
            Events = [.. subscription.Events.Select(e => e.WireName())],
            StatusPages = subscription.StatusPageIds is { } pages ? [.. pages.Select(names.SlugOf).Order(StringComparer.Ordinal)] : null,
            Components = ByName(subscription.ComponentIds?.Select(names.ComponentOf)),
            Groups = ByName(subscription.GroupIds?.Select(names.GroupOf)),
            MinSeverity = subscription.MinSeverity?.WireName(),
            Alert = subscription.AlertNotificationId is { } alert ? names.NameOf(alert) : null,
            InOrder = subscription.InOrder,
            StandardWebhooks = options.StandardWebhooks,
            Headers = headers.Count == 0 ? null : headers,
            TlsTrust = options.TlsTrust == Sending.TlsTrust.System ? null : options.TlsTrust.ToString(),
            TlsCertificate = options.TlsCertificate,
            Body = options.Body == BodyKind.Documented ? null : new BodyEntry(options.Body.WireName(), options.TemplateBody),
            RateLimit = options.RateLimit is { } rate ? new RateLimitEntry(rate, options.RatePer == RatePer.Minute ? Minute : Second) : null,
            Settings = options.Settings.Count == 0 ? null : options.Settings,
        };
    }

    private static IReadOnlyList<ComponentEntry>? ByName(IEnumerable<ComponentEntry>? entries) =>
        entries is null ? null : [.. entries.OrderBy(c => c.StatusPage, StringComparer.Ordinal).ThenBy(c => c.Name, StringComparer.Ordinal)];

    /// <summary>What an entry means here, with what was added to it. The alert is not in it: that can be another entry.</summary>
    /// <param name="names">What there is here.</param>
    /// <param name="errors">Takes which of its names mean nothing, or too much, here; by the fields of the form.</param>
    internal static NotificationInput InputOf(ImportEntry import, ConsoleNames names, Dictionary<string, string> errors)
    {
        var (entry, url, secret, values) = import;
        var events = Each(
            entry.Events ?? [], nameof(Subscription.Events),
            name => EventTypes.TryParse(name, out var type) && !type.IsAlert() ? type : (EventType?)null, "There is no event {0}.");
        var pages = import.Choices?.StatusPageIds ?? Each(
            entry.StatusPages ?? [], nameof(Subscription.StatusPageIds), names.PageOf, "There is no status page with the slug {0} here.");
        var components = import.Choices?.ComponentIds ?? Named(entry.Components, nameof(Subscription.ComponentIds), "component", names.ComponentsOf);
        var groups = import.Choices?.GroupIds ?? Named(entry.Groups, nameof(Subscription.GroupIds), "group", names.GroupsOf);
        IncidentSeverity? least = null;
        if (entry.MinSeverity is not null)
        {
            if (IncidentSeverities.TryParse(entry.MinSeverity, out var severity))
                least = severity == IncidentSeverity.None ? null : severity;
            else
                errors[nameof(Subscription.MinSeverity)] = $"There is no severity {entry.MinSeverity}.";
        }
        if (!Enum.TryParse<TlsTrust>(entry.TlsTrust ?? nameof(Sending.TlsTrust.System), out var trust) || !Enum.IsDefined(trust))
            errors[nameof(SendOptions.TlsTrust)] = $"There is no rule for certificates named {entry.TlsTrust}.";
        if (!BodyKinds.TryParse(entry.Body?.Kind ?? BodyKind.Documented.WireName(), out var body))
            errors[nameof(SendOptions.Body)] = $"There is no form of the body named {entry.Body!.Kind}.";
        if (entry.RateLimit is { Per: not (null or Second or Minute) } rate)
            errors[nameof(SendOptions.RateLimit)] = $"There is no rate limit per {rate.Per}.";
        var transport = new TransportInput(entry.NeedsUrl ? url : entry.Url, secret)
        {
            Headers = [.. (entry.Headers ?? []).Select((name, i) => new HeaderInput(name, values.ElementAtOrDefault(i)))],
            Options = new()
            {
                StandardWebhooks = entry.StandardWebhooks,
                TlsTrust = trust,
                TlsCertificate = entry.TlsCertificate,
                Body = body,
                TemplateBody = entry.Body?.Template,
                RateLimit = entry.RateLimit?.Count,
                RatePer = entry.RateLimit?.Per == Minute ? RatePer.Minute : RatePer.Second,
                // A file can hold null where the type says that none is.
                Settings = (entry.Settings ?? ReadOnlyDictionary<string, string>.Empty)
                    .Where(setting => !string.IsNullOrEmpty(setting.Value)).ToDictionary(),
            },
        };
        return new NotificationInput(entry.Type ?? "", entry.Name, transport, new Subscription(events)
        {
            StatusPageIds = entry.StatusPages is null ? null : pages,
            ComponentIds = entry.Components is null ? null : components,
            GroupIds = entry.Groups is null ? null : groups,
            MinSeverity = least,
            InOrder = entry.InOrder,
        });

        List<int> Named(IReadOnlyList<ComponentEntry>? entries, string field, string what, Func<string, string, List<int>> find)
        {
            var found = new List<int>();
            // A file can hold null where the type says that none is.
            foreach (var (slug, name) in (entries ?? []).Select(one => (one?.StatusPage ?? "", one?.Name ?? "")))
            {
                var ids = find(slug, name);
                found.AddRange(ids);
                if (ids.Count == 0)
                    errors.TryAdd(field, $"There is no {what} {name} on a status page with the slug {slug} here.");
                else if (ids.Count > 1)
                    errors.TryAdd(field, $"There are {ids.Count} {what}s named {name} on the page {slug}.");
            }
            return found;
        }

        List<T> Each<T>(IEnumerable<string?> texts, string field, Func<string?, T?> find, string problem)
            where T : struct
        {
            var found = new List<T>();
            foreach (var text in texts)
            {
                if (find(text) is { } value)
                    found.Add(value);
                else
                    errors.TryAdd(field, string.Format(CultureInfo.InvariantCulture, problem, text));
            }
            return found;
        }
    }
}

/// <summary>The form of a body.</summary>
/// <param name="Kind"><c>documented</c>, <c>statuspage</c>, <c>cloudevents</c> or <c>template</c>.</param>
/// <param name="Template">The Liquid template, where it is one.</param>
public sealed record BodyEntry(string? Kind, string? Template = null);

/// <summary>How many requests may begin in a <c>second</c> (when nothing is said) or a <c>minute</c>.</summary>
public sealed record RateLimitEntry(int Count, string? Per = null);

/// <summary>A component, or a group of components, by its names.</summary>
public sealed record ComponentEntry(string? StatusPage, string? Name);

/// <summary>What the pages, components and notifications of this console are called in a file.</summary>
internal sealed class ConsoleNames
{
    private readonly Dictionary<int, string> _slugs;
    private readonly Dictionary<int, ComponentEntry> _components;
    private readonly Dictionary<int, ComponentEntry> _groups;
    private readonly Dictionary<int, string> _notifications;
    private readonly Dictionary<string, int> _pagesBySlug;
    private readonly ILookup<ComponentEntry, int> _componentsByName;
    private readonly ILookup<ComponentEntry, int> _groupsByName;
    private readonly ILookup<string, int> _notificationsByName;

    private ConsoleNames(
        Dictionary<int, string> slugs, Dictionary<int, ComponentEntry> components, Dictionary<int, ComponentEntry> groups,
        Dictionary<int, string> notifications)
    {
        (_slugs, _components, _groups, _notifications) = (slugs, components, groups, notifications);
        _pagesBySlug = slugs.ToDictionary(p => p.Value, p => p.Key);
        _componentsByName = components.ToLookup(c => c.Value, c => c.Key);
        _groupsByName = groups.ToLookup(g => g.Value, g => g.Key);
        _notificationsByName = notifications.ToLookup(n => n.Value, n => n.Key);
    }

    public static async Task<ConsoleNames> ReadAsync(AtStatusDbContext db, CancellationToken cancellationToken) => new(
        await db.StatusPages.ToDictionaryAsync(p => p.Id, p => p.Slug, cancellationToken),
        await db.Components.Select(c => new { c.Id, c.Name, c.StatusPage!.Slug })
            .ToDictionaryAsync(c => c.Id, c => new ComponentEntry(c.Slug, c.Name), cancellationToken),
        await db.ComponentGroups.Join(db.StatusPages, g => g.StatusPageId, p => p.Id, (g, p) => new { g.Id, g.Name, p.Slug })
            .ToDictionaryAsync(g => g.Id, g => new ComponentEntry(g.Slug, g.Name), cancellationToken),
        await db.Notifications.Select(n => new { n.Id, n.Name }).ToDictionaryAsync(n => n.Id, n => n.Name, cancellationToken));

    public string SlugOf(int page) => _slugs[page];

    public ComponentEntry ComponentOf(int component) => _components[component];

    public ComponentEntry GroupOf(int group) => _groups[group];

    public string? NameOf(int notification) => _notifications.GetValueOrDefault(notification);

    public int? PageOf(string? slug) => _pagesBySlug.TryGetValue(slug ?? "", out var id) ? id : null;

    public List<int> ComponentsOf(string slug, string name) => [.. _componentsByName[new(slug, name)]];

    public List<int> GroupsOf(string slug, string name) => [.. _groupsByName[new(slug, name)]];

    public List<int> NotificationsOf(string name) => [.. _notificationsByName[name]];
}
