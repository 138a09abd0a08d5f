using System.Globalization;
using ATStatus.Core.Events;

namespace ATStatus.Core.Sending.Messages;

/// <summary>How bad what a message tells is: what its colour says.</summary>
public enum MessageTone
{
    /// <summary>Neither good nor bad.</summary>
    Neutral,

    /// <summary>Planned work, or an incident without an effect.</summary>
    Info,

    /// <summary>Over, or working.</summary>
    Good,

    /// <summary>A minor incident, or degraded.</summary>
    Minor,

    /// <summary>A major incident, or a partial outage.</summary>
    Major,

    /// <summary>A critical incident, or a major outage.</summary>
    Critical,
}

/// <summary>One thing a message tells beside its text. It has a text, an instant or names; never nothing.</summary>
public sealed record MessageFact(string Label)
{
    /// <summary>A text of the console's own, where it is one.</summary>
    public string? Text { get; init; }

    /// <summary>An instant (UTC), where it is one.</summary>
    public DateTime? At { get; init; }

    /// <summary>Names that people typed, cleaned, where they are that.</summary>
    public IReadOnlyList<string>? Names { get; init; }
}

/// <summary>Where a message leads to.</summary>
/// <param name="Url">The address.</param>
/// <param name="Words">What its link or button says.</param>
public sealed record MessageLink(string Url, string Words);

/// <summary>
/// An event as a message to people: what the chat services have in common. Texts that people typed are cleaned (<see cref="MessageText"/>)
/// but neither cut nor escaped, for each service does that in its own way.
/// </summary>
/// <param name="Headline">What happened, in two or three words.</param>
/// <param name="Title">To what; never empty.</param>
/// <param name="Text">What the operator wrote; may be empty.</param>
/// <param name="Facts">What else there is to know, in the order in which it matters.</param>
/// <param name="PageName">The status page's name, or what stands in its place; never empty.</param>
/// <param name="Link">Where there is more to read; null where no address is known.</param>
/// <param name="At">When it happened (UTC).</param>
public sealed record Announcement(
    string Headline, string Title, string Text, MessageTone Tone, IReadOnlyList<MessageFact> Facts, string PageName, MessageLink? Link, DateTime At)
{
    /// <summary>What stands where a page's name would, in messages about what happened to the console and not on a page.</summary>
    private const string ConsoleName = "the ATStatus console";

    /// <summary>The message for a stored event, or for those of one save: the first with the others as facts.</summary>
    /// <exception cref="FormatException">The payload cannot be read.</exception>
    public static Announcement Of(ReadOnlyMemory<byte> payload, string? pageUrl)
    {
        var events = EventPayloadReader.ReadAll(payload);
        var said = Of(events[0], pageUrl);
        return events.Count == 1 ? said : said with { Facts = [.. said.Facts, .. AlsoOf([.. events.Skip(1)])] };
    }

    /// <summary>Two facts at most, for services limit them: the first kind of event, and what else there is.</summary>
    private static IEnumerable<MessageFact> AlsoOf(List<EventEnvelope> events)
    {
        var label = AlsoLabel(events[0]);
        yield return new MessageFact(label) { Names = [.. events.Where(e => AlsoLabel(e) == label).Select(AlsoName)] };
        string[] others = [.. events.Where(e => AlsoLabel(e) != label).Select(e => $"{AlsoLabel(e)}: {AlsoName(e)}")];
        if (others.Length > 0)
            yield return new MessageFact("Also") { Names = others };
    }

    private static string AlsoLabel(EventEnvelope told) => told.Type == EventType.ComponentStatusChanged ? "Component changes" : HeadlineOf(told.Type, told.Data);

    private static string AlsoName(EventEnvelope told) => OrElse(MessageText.Line(told.Data switch
    {
        ComponentData { PreviousStatus: not null, NewStatus: not null } component => $"{component.Name}: {Change(component.PreviousStatus, component.NewStatus)}",
        ComponentData component => component.Name,
        IncidentData incident => incident.Title,
        MaintenanceData window => window.Title,
        _ => "",
    }), "—");

    private static Announcement Of(EventEnvelope told, string? pageUrl)
    {
        var (type, at, page, data) = told;
        var (title, text, tone, facts) = data switch
        {
            IncidentData incident => (incident.Title, incident.Message, ToneOf(incident), FactsOf(incident)),
            MaintenanceData window => (window.Title, window.Message, ToneOf(type), FactsOf(type, window)),
            ComponentData component => (component.Name, "", ToneOf(component.NewStatus), FactsOf(component)),
            NotificationData notification => (notification.Name, notification.Reason, ToneOf(type), FactsOf(notification)),
            _ => throw new FormatException("The payload's data is none that this version knows."),
        };
        return new Announcement(
            HeadlineOf(type, data), OrElse(MessageText.Line(title), "(no title)"), MessageText.Clean(text), tone, facts,
            page is null ? ConsoleName : OrElse(MessageText.Line(page.Name), page.Slug), LinkOf(data, pageUrl), at);
    }

    /// <summary>The message in one line, for where a service shows no more: <c>Major incident on Main Status: API down</c>.</summary>
    public string Summary => $"{Headline} on {PageName}: {Title}";

    /// <summary>An instant for those whose client cannot put it into their own zone.</summary>
    public static string InUtc(DateTime at) => at.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    /// <summary>An instant in seconds since 1970.</summary>
    public static long Unix(DateTime at) => new DateTimeOffset(at, TimeSpan.Zero).ToUnixTimeSeconds();

    // An alert is about a delivery, and for operators: they look at the log.
    private static MessageLink? LinkOf(EventData data, string? pageUrl) => data is NotificationData alert
        ? alert.Delivery?.Url is { } url ? new MessageLink(url, "Open the delivery") : null
        : pageUrl is null ? null : new MessageLink(pageUrl, "Open the status page");

    private static string HeadlineOf(EventType type, EventData data) => type switch
    {
        EventType.MaintenanceUpdated when data is MaintenanceData { Status: MaintenanceStatus.Cancelled } => "Maintenance cancelled",
        EventType.IncidentCreated => "New incident",
        EventType.IncidentUpdated => "Incident updated",
        EventType.IncidentResolved => "Incident resolved",
        EventType.MaintenanceScheduled => "Maintenance scheduled",
        EventType.MaintenanceStarted => "Maintenance started",
        EventType.MaintenanceCompleted => "Maintenance completed",
        EventType.MaintenanceUpdated => "Maintenance updated",
        EventType.MaintenanceReminder => "Maintenance reminder",
        EventType.ComponentStatusChanged => "Component status changed",
        EventType.ComponentCreated => "Component added",
        EventType.ComponentDeleted => "Component removed",
        EventType.NotificationFailing => "Notification failing",
        EventType.NotificationSwitchedOff => "Notification switched off",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    private static MessageTone ToneOf(IncidentData incident) => (incident.Status, incident.Severity) switch
    {
        (IncidentStatus.Resolved, _) => MessageTone.Good,
        (_, IncidentSeverity.Minor) => MessageTone.Minor,
        (_, IncidentSeverity.Major) => MessageTone.Major,
        (_, IncidentSeverity.Critical) => MessageTone.Critical,
        _ => MessageTone.Info,
    };

    private static MessageTone ToneOf(EventType type) => type switch
    {
        EventType.MaintenanceCompleted => MessageTone.Good,
        EventType.NotificationFailing => MessageTone.Major,
        EventType.NotificationSwitchedOff => MessageTone.Critical,
        _ => MessageTone.Info,
    };

    private static MessageTone ToneOf(ComponentStatus? status) => status switch
    {
        ComponentStatus.Operational => MessageTone.Good,
        ComponentStatus.Degraded => MessageTone.Minor,
        ComponentStatus.PartialOutage => MessageTone.Major,
        ComponentStatus.MajorOutage => MessageTone.Critical,
        ComponentStatus.Maintenance => MessageTone.Info,
        _ => MessageTone.Neutral,
    };

    private static MessageFact[] FactsOf(IncidentData incident) =>
    [
        new("Status") { Text = incident.Status.Label() },
        new("Severity") { Text = incident.Severity.Label() },
        new("Started") { At = incident.StartedAt },
        .. Affected(incident.Components),
    ];

    private static MessageFact[] FactsOf(EventType type, MaintenanceData window) =>
    [
        .. window.Status is { } status ? [new MessageFact("Status") { Text = status.Label() }] : Array.Empty<MessageFact>(),
        new(HasStarted(type, window) ? "Started" : "Starts") { At = window.WindowStart },
        new(type == EventType.MaintenanceCompleted ? "Ended" : "Ends") { At = window.WindowEnd },
        .. Affected(window.Components),
    ];

    /// <summary>Only the additional events say where the window stands; the others' type does.</summary>
    private static bool HasStarted(EventType type, MaintenanceData window) => window.Status is { } status
        ? status is MaintenanceStatus.InProgress or MaintenanceStatus.Completed
        : type != EventType.MaintenanceScheduled;

    private static MessageFact[] FactsOf(ComponentData component) =>
    [
        new(component.NewStatus is null ? "Last status" : "Status") { Text = Change(component.PreviousStatus, component.NewStatus) },
        new("Uptime, 90 days") { Text = string.Create(CultureInfo.InvariantCulture, $"{component.UptimePercent:0.##} %") },
    ];

    private static MessageFact[] FactsOf(NotificationData notification) =>
    [
        new("Last attempt") { Text = notification.StatusCode is { } status ? $"{notification.Failure} {status.ToString(CultureInfo.InvariantCulture)}" : notification.Failure },
        notification.LastSuccessAt is { } success ? new("Last success") { At = success } : new("Last success") { Text = "never" },
        .. notification.Delivery is { } delivery
            ? [new MessageFact("Delivery") { Text = string.Create(CultureInfo.InvariantCulture, $"#{delivery.Id}, {delivery.Event.WireName()}") }]
            : Array.Empty<MessageFact>(),
    ];

    private static string Change(ComponentStatus? before, ComponentStatus? after) => (before, after) switch
    {
        ({ } from, { } to) => $"{from.Label()} → {to.Label()}",
        _ => (after ?? before)?.Label() ?? "—",
    };

    private static IEnumerable<MessageFact> Affected(IEnumerable<string> components)
    {
        string[] names = [.. components.Select(MessageText.Line).Where(name => name.Length > 0)];
        if (names.Length > 0) yield return new MessageFact(names.Length == 1 ? "Component" : "Components") { Names = names };
    }

    private static string OrElse(string text, string otherwise) => text.Length > 0 ? text : otherwise;
}

/// <summary>The tones' colours where a service takes any.</summary>
public static class MessageTones
{
    /// <summary>Red, green and blue as one number, <c>0xRRGGBB</c>.</summary>
    public static int Rgb(this MessageTone tone) => tone switch
    {
        MessageTone.Info => 0x1E73BE,
        MessageTone.Good => 0x2E8B57,
        MessageTone.Minor => 0xE6B400,
        MessageTone.Major => 0xE8710A,
        MessageTone.Critical => 0xC62828,
        _ => 0x78828C,
    };

    /// <summary>The same as CSS writes it.</summary>
    public static string Hex(this MessageTone tone) => string.Create(CultureInfo.InvariantCulture, $"#{tone.Rgb():X6}");
}
