using System.Globalization;
using ATStatus.Core.Deliveries;

namespace ATStatus.Admin.Features.Deliveries;

/// <summary>
/// What part of the log is shown: the address is the page's state. Values that make no sense count as absent, so that an
/// old or mistyped link still shows the log.
/// </summary>
/// <param name="State">Only those in this state.</param>
/// <param name="Notification">Only this notification's.</param>
/// <param name="Before">Only those older than this one.</param>
/// <param name="After">Those next newer than this one.</param>
/// <param name="Since">Only those from then on.</param>
internal sealed record DeliveryLogQuery(
    DeliveryState? State = null, int? Notification = null, long? Before = null, long? After = null, DeliverySince? Since = null)
{
    public static readonly IReadOnlyList<DeliveryState> States = Enum.GetValues<DeliveryState>();

    public bool IsNewest => Before is null && After is null;

    public bool IsFiltered => State is not null || Notification is not null || Since is not null;

    public string? StateName => State?.WireName();

    public string? NotificationText => Notification?.ToString(CultureInfo.InvariantCulture);

    /// <summary>What the log is asked for at this moment (UTC).</summary>
    public DeliveryFilter FilterAt(DateTime now) => new(Notification, State, Since?.From(now));

    /// <summary>Reads the address's query values.</summary>
    public static DeliveryLogQuery Parse(string? state, string? notification, string? before, string? after, string? since) => new(
        StateOf(state),
        int.TryParse(notification, NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? id : null,
        Key(before),
        Key(before) is null ? Key(after) : null,
        DeliverySince.Parse(since));

    /// <summary>The state with this name; null for none.</summary>
    public static DeliveryState? StateOf(string? name) =>
        States.Where(state => state.WireName() == name).Select(state => (DeliveryState?)state).FirstOrDefault();

    /// <summary>The values as the address holds them; null leaves one out.</summary>
    public IReadOnlyDictionary<string, object?> ToParameters() => new Dictionary<string, object?>
    {
        ["state"] = StateName,
        ["notification"] = Notification,
        ["since"] = Since?.Text,
        ["before"] = Before,
        ["after"] = After,
    };

    private static long? Key(string? text) => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var key) ? key : null;
}
