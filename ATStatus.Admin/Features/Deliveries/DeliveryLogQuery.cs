using System.Globalization;
using System.Text.RegularExpressions;
using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.WebUtilities;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>
/// What part of the log is shown. A filter is a property, a part and a place in <see cref="FilterAt"/>, and a condition of
/// <see cref="DeliveryFilter"/>: field, address, chip, counts and exports follow.
/// </summary>
public sealed partial record DeliveryLogQuery : PageQuery<DeliveryLogQuery>, IPageQuery<DeliveryLogQuery>
{
    public static IReadOnlyList<QueryPart<DeliveryLogQuery>> Parts { get; } =
    [
        PageQueries.Choose<DeliveryLogQuery>(
            "state", "State", "All states", [.. StatusStyles.All(StatusKind.Delivery).Select(state => new Choice<string>(state.Key, state.Value.Text))],
            query => query.State?.WireName(), (query, name) => query with { State = StateOf(name) }),
        PageQueries.Number<DeliveryLogQuery>(
            "notification", "Notification", "All notifications", query => query.Notification, (query, id) => query with { Notification = id }),
        PageQueries.Choose<DeliveryLogQuery>(
            "event", "Event", "All events", [.. EventTypes.Every.Select(type => new Choice<string>(type.WireName(), type.WireName()))],
            query => query.Event?.WireName(), (query, name) => query with { Event = EventTypes.TryParse(name, out var type) ? type : null }),
        PageQueries.Choose<DeliveryLogQuery>(
            "failure", "Failure", "Any", [.. Enum.GetValues<FailureKind>().Select(kind => new Choice<string>(kind.WireName(), kind.Label()))],
            query => query.Failure?.WireName(), (query, name) => query with { Failure = FailureKinds.TryParse(name, out var kind) ? kind : null }),
        new("status", query => StatusText(query.Status), (query, text) => query with { Status = StatusOf(text) })
        {
            Field = QueryField.Entry,
            Label = "HTTP status",
            Placeholder = "Any, 5xx, 404 …",
            Examples = ["2xx", "3xx", "4xx", "5xx"],
            MaxLength = 3,
            Error = "5xx or 404, for example",
            Chip = (query, _) => new($"Status {StatusText(query.Status)}"),
        },
        PageQueries.Choose<DeliveryLogQuery>(
            "test", "Tests", "Live and test", [new("none", "Live only"), new("only", "Tests only")],
            query => query.IsTest switch { true => "only", false => "none", null => null },
            (query, name) => query with { IsTest = name switch { "only" => true, "none" => false, _ => null } }),
        PageQueries.Search<DeliveryLogQuery>("Title, request ID or #number", query => query.Text, (query, text) => query with { Text = text }),
        // These two are chosen together: TimeFilter.
        new("since", query => query.Since?.Text, (query, text) => query with { Since = DeliverySince.Parse(text) })
        {
            Chip = (query, clock) => new(query.Since!.DisplayText(at => clock.Absolute(at)), query.Since.At is { } at ? $"Since {clock.Exact(at)}" : null),
        },
        new("until", query => query.Until?.Text, (query, text) => query with { Until = DeliverySince.Parse(text) is { At: not null } until ? until : null })
        {
            Chip = (query, clock) => new($"Until {clock.Absolute(query.Until!.At!.Value)}", $"Before {clock.Exact(query.Until.At.Value)}"),
        },
        PageQueries.Key<DeliveryLogQuery>("before", query => query.Before, (query, key) => query with { Before = key }),
        PageQueries.Key<DeliveryLogQuery>("after", query => query.After, (query, key) => query with { After = query.Before is null ? key : null }),
    ];

    public static readonly IReadOnlyList<DeliveryState> States = Enum.GetValues<DeliveryState>();

    /// <summary>Only those in this state.</summary>
    public DeliveryState? State { get; init; }

    /// <summary>Only this notification's.</summary>
    public int? Notification { get; init; }

    /// <summary>Only those of this event type.</summary>
    public EventType? Event { get; init; }

    /// <summary>Only those whose last attempt failed so.</summary>
    public FailureKind? Failure { get; init; }

    /// <summary>Only those whose last attempt was answered so.</summary>
    public StatusRange? Status { get; init; }

    /// <summary>Only tests, or only real ones.</summary>
    public bool? IsTest { get; init; }

    /// <summary>Only those that this text is found in.</summary>
    public string? Text { get; init; }

    /// <summary>Only those from then on.</summary>
    public DeliverySince? Since { get; init; }

    /// <summary>Only those before then; an instant.</summary>
    public DeliverySince? Until { get; init; }

    /// <summary>Only those older than this one.</summary>
    public long? Before { get; init; }

    /// <summary>Those next newer than this one.</summary>
    public long? After { get; init; }

    public bool IsNewest => Before is null && After is null;

    /// <summary>What the log is asked for at this moment (UTC).</summary>
    public DeliveryFilter FilterAt(DateTime now) => new(Notification, State, Since?.From(now), Until?.From(now), Event, Failure, Status, IsTest, Text);

    /// <summary>The state with this name; null for none.</summary>
    public static DeliveryState? StateOf(string? name) =>
        States.Where(state => state.WireName() == name).Select(state => (DeliveryState?)state).FirstOrDefault();

    /// <summary>A class such as <c>4xx</c>, or a code; null for what is neither.</summary>
    public static StatusRange? StatusOf(string? text) =>
        text is null || !StatusPattern().IsMatch(text) ? null
        : text[1] is 'x' or 'X' ? StatusRange.Class(text[0] - '0')
        : StatusRange.Exactly(int.Parse(text, CultureInfo.InvariantCulture));

    /// <summary>The status as the address and the field write it.</summary>
    public static string? StatusText(StatusRange? status) => status switch
    {
        null => null,
        { First: var first } codes when codes == StatusRange.Class(first / 100) => string.Create(CultureInfo.InvariantCulture, $"{first / 100}xx"),
        { First: var first } => first.ToString(CultureInfo.InvariantCulture),
    };

    /// <summary>
    /// Where what a notification missed is resent, as far as these filters say what is meant; null where they do not ask for
    /// one notification, or for something else than what was missed.
    /// </summary>
    /// <param name="now">Now (UTC).</param>
    public string? RecoveryAddress(DateTime now)
    {
        if (Notification is null || State is not (null or DeliveryState.Failed or DeliveryState.Skipped))
            return null;
        var address = string.Create(CultureInfo.InvariantCulture, $"admin/notifications/{Notification}/recover");
        if (Since is not null)
            address = QueryHelpers.AddQueryString(address, "since", BrowserClock.Machine(Since.From(now)));
        return State is { } only ? QueryHelpers.AddQueryString(address, "only", only.WireName()) : address;
    }

    [GeneratedRegex("^[1-5]([xX]{2}|[0-9]{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex StatusPattern();
}
