using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
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

    /// <summary>Only events before this one.</summary>
    [SupplyParameterFromQuery]
    public long? Before { get; set; }

    /// <summary>Only notifications with this outcome; see <see cref="RecipientStyle.All"/>.</summary>
    [SupplyParameterFromQuery]
    public string? Outcome { get; set; }

    [Inject]
    private EventQueries Queries { get; set; } = default!;

    [Inject]
    private DeliveryFeed Feed { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => (Group, SubjectId, Before);

    private static IEnumerable<Choice<string>> OutcomeChoices => RecipientStyle.All.Select(style => new Choice<string>(style.Text, style.Text));

    private StatusStyle? Filter => RecipientStyle.All.FirstOrDefault(style => QueryOf(style) == Outcome);

    private IReadOnlyList<Recipient> Matching => Filter is not { } wanted ? _about!.Notifications
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
    protected override void OnInitialized() => Follow(Feed);

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _about = await Queries.ReportAsync(Group, SubjectId, Before, Gone);
        if (_about.Events is [.., var latest])
            _title = latest.Title;
    }

    private void ChooseOutcome(string? outcome) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter(
        "outcome", RecipientStyle.All.FirstOrDefault(style => style.Text == outcome) is { } style ? QueryOf(style) : null));

    // As in an address: "on_hold".
    private static string QueryOf(StatusStyle style) => style.Text.ToLowerInvariant().Replace(' ', '_');

    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        var before = RecipientSummary.Sentence(_about!.Notifications);
        await LoadAsync();
        if (RecipientSummary.Sentence(_about.Notifications) is var after && after != before)
            Announcer.Say($"Now {after}");
    }
}
