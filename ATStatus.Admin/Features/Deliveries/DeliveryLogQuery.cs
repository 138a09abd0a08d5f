using System.Globalization;
using System.Text.RegularExpressions;
using ATStatus.Admin.Components.Browser;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.WebUtilities;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>
/// What part of the log is shown: the address is the page's state. Values that make no sense count as absent, so that an
/// old or mistyped link still shows the log.
/// </summary>
public sealed partial record DeliveryLogQuery
{
    /// <summary>The longest text to search for.</summary>
    public const int TextLength = 200;

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

    public bool IsFiltered => Newest() != new DeliveryLogQuery();

    /// <summary>The same filters, from the newest on.</summary>
    public DeliveryLogQuery Newest() => this with { Before = null, After = null };

    /// <summary>What the log is asked for at this moment (UTC).</summary>
    public DeliveryFilter FilterAt(DateTime now) => new(Notification, State, Since?.From(now), Until?.From(now), Event, Failure, Status, IsTest, Text);

    /// <summary>Reads the address's query values by their names.</summary>
    public static DeliveryLogQuery Parse(Func<string, string?> value) => new()
    {
        State = StateOf(value("state")),
        Notification = int.TryParse(value("notification"), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null,
        Event = EventTypes.TryParse(value("event"), out var type) ? type : null,
        Failure = FailureKinds.TryParse(value("failure"), out var failure) ? failure : null,
        Status = StatusOf(value("status")),
        IsTest = TestOf(value("test")),
        Text = TextOf(value("q")),
        Since = DeliverySince.Parse(value("since")),
        Until = DeliverySince.Parse(value("until")) is { At: not null } until ? until : null,
        Before = Key(value("before")),
        After = Key(value("before")) is null ? Key(value("after")) : null,
    };

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

    /// <summary>Whether tests are meant or real ones, by the name in the address.</summary>
    public static bool? TestOf(string? name) => name switch
    {
        "only" => true,
        "none" => false,
        _ => null,
    };

    public static string? TestName(bool? isTest) => isTest switch
    {
        true => "only",
        false => "none",
        null => null,
    };

    /// <summary>A text as it is searched for; null for nothing.</summary>
    public static string? TextOf(string? text) =>
        text?.Trim() is { Length: > 0 } trimmed ? trimmed[..Math.Min(trimmed.Length, TextLength)] : null;

    /// <summary>The values as the address holds them; null leaves one out.</summary>
    public IReadOnlyDictionary<string, object?> ToParameters() => new Dictionary<string, object?>
    {
        ["state"] = State?.WireName(),
        ["notification"] = Notification,
        ["event"] = Event?.WireName(),
        ["failure"] = Failure?.WireName(),
        ["status"] = StatusText(Status),
        ["test"] = TestName(IsTest),
        ["q"] = Text,
        ["since"] = Since?.Text,
        ["until"] = Until?.Text,
        ["before"] = Before,
        ["after"] = After,
    };

    /// <summary>An address below the console's, with the filters.</summary>
    public string AddressOf(string path) => QueryHelpers.AddQueryString(
        path, Newest().ToParameters().Where(p => p.Value is not null)
            .Select(p => KeyValuePair.Create(p.Key, Convert.ToString(p.Value, CultureInfo.InvariantCulture))));

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

    private static long? Key(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : null;

    [GeneratedRegex("^[1-5]([xX]{2}|[0-9]{2})$", RegexOptions.CultureInvariant)]
    private static partial Regex StatusPattern();
}
