using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Lists;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Events;

/// <summary>
/// Which notifications received the events of an incident, a maintenance window or a component: its events across, the notifications
/// down. Live. The subject itself may be deleted; what was sent stays.
/// </summary>
public sealed partial class DeliveryReport
{
    /// <summary>Those that received nothing follow the others; of hundreds of them not all are wanted at once.</summary>
    internal const int FirstRows = 50;

    private RecipientReport? _about;
    private string? _title;
    private bool _all;

    /// <summary>What the subject is.</summary>
    [Parameter, EditorRequired]
    public EventGroup Group { get; set; }

    /// <summary>Its number.</summary>
    [Parameter, EditorRequired]
    public int SubjectId { get; set; }

    [Inject]
    private EventQueries Queries { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => (Group, SubjectId);

    /// <inheritdoc />
    protected override string? FoundText => _about is { } about ? ListPart.FoundText(Matching.Count, about.Notifications.Count, "notification") : null;

    private IReadOnlyList<Recipient> Matching => Query.Outcome is not { } wanted ? _about!.Notifications
        : [.. _about!.Notifications.Where(notification => notification.Results.Any(result => RecipientStyle.Of(result) == wanted))];

    private IEnumerable<Recipient> Shown => _all ? Matching : Matching.Take(FirstRows);

    private int Hidden => _all ? 0 : Math.Max(0, Matching.Count - FirstRows);

    private string Note => _about!.Notifications.Count(notification => !notification.HasDelivery) switch
    {
        0 => "Every notification was sent at least one of these events.",
        1 => "1 notification received none of these events.",
        var left => FormattableString.Invariant($"{left} notifications received none of these events."),
    };

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        Follow(Feed);
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _about = await Queries.ReportAsync(Group, SubjectId, Query.Before, Gone);
        if (_about.Events is [.., var latest])
            _title = latest.Title;
    }

    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        var before = RecipientSummary.Sentence(_about!.Notifications);
        await LoadAsync();
        if (RecipientSummary.Sentence(_about.Notifications) is var after && after != before)
            Announcer.Say($"Now {after}");
    }
}

/// <summary>What of a delivery report is shown.</summary>
public sealed record ReportQuery : PageQuery<ReportQuery>, IPageQuery<ReportQuery>
{
    public static IReadOnlyList<QueryPart<ReportQuery>> Parts { get; } =
    [
        PageQueries.Choose<ReportQuery>(
            "outcome", "Outcome", "All", [.. RecipientStyle.All.Select(style => new Choice<string>(NameOf(style), style.Text))],
            query => query.Outcome is { } outcome ? NameOf(outcome) : null, (query, name) => query with { Outcome = RecipientStyle.All.FirstOrDefault(style => NameOf(style) == name) }),
        PageQueries.Key<ReportQuery>("before", query => query.Before, (query, key) => query with { Before = key }),
    ];

    /// <summary>Only notifications with this outcome; see <see cref="RecipientStyle.All"/>.</summary>
    public StatusStyle? Outcome { get; init; }

    /// <summary>Only events before this one.</summary>
    public long? Before { get; init; }

    // As in an address: "on_hold".
    private static string NameOf(StatusStyle style) => style.Text.ToLowerInvariant().Replace(' ', '_');
}
