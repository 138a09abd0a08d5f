using ATStatus.Core.Events;
using ATStatus.Core.Model;

namespace ATStatus.Tests.Notifications;

/// <summary>The one place that decides which notifications are subscribed.</summary>
public sealed class ExclusionReasonTests
{
    private static readonly int[] NoComponents = [];

    [Theory]
    [InlineData(EventType.IncidentCreated, 1, new[] { 10 }, IncidentSeverity.Major, null)]
    [InlineData(EventType.IncidentCreated, 1, new[] { 9, 10 }, IncidentSeverity.Critical, null)]
    [InlineData(EventType.ComponentDeleted, 1, new[] { 10 }, IncidentSeverity.Critical, ExclusionReason.Event)]
    [InlineData(EventType.IncidentCreated, 2, new[] { 10 }, IncidentSeverity.Critical, ExclusionReason.Page)]
    [InlineData(EventType.IncidentCreated, 1, new[] { 9 }, IncidentSeverity.Critical, ExclusionReason.Component)]
    [InlineData(EventType.IncidentCreated, 1, new int[0], IncidentSeverity.Critical, ExclusionReason.Component)]
    [InlineData(EventType.IncidentCreated, 1, new[] { 10 }, IncidentSeverity.Minor, ExclusionReason.Severity)]
    [InlineData(EventType.IncidentCreated, 1, new[] { 10 }, IncidentSeverity.None, ExclusionReason.Severity)]
    [InlineData(EventType.MaintenanceStarted, 1, new[] { 10 }, null, null)]
    [InlineData(EventType.MaintenanceStarted, 1, new[] { 9 }, null, ExclusionReason.Component)]
    [InlineData(EventType.ComponentStatusChanged, 1, new[] { 10 }, null, null)]
    public void Every_limit_is_asked_in_its_order(EventType type, int page, int[] components, IncidentSeverity? severity, ExclusionReason? why)
    {
        var limited = New(EventType.IncidentCreated, EventType.MaintenanceStarted, EventType.ComponentStatusChanged);
        (limited.AllPages, limited.AllComponents, limited.MinSeverity) = (false, false, IncidentSeverity.Major);
        limited.Pages.Add(new NotificationPage { StatusPageId = 1 });
        limited.Components.Add(new NotificationComponent { ComponentId = 10 });
        Assert.Equal(why, limited.ExclusionOf(new EventScope(type, page, components, severity)));
    }

    [Theory]
    [InlineData(new[] { 9 }, new int[0], ExclusionReason.Component)]
    [InlineData(new[] { 9 }, new[] { 21 }, ExclusionReason.Component)]
    [InlineData(new[] { 9 }, new[] { 21, 20 }, null)]
    [InlineData(new[] { 10 }, new int[0], null)]
    [InlineData(new int[0], new int[0], ExclusionReason.Component)]
    public void A_chosen_component_or_one_of_a_chosen_group_is_enough(int[] components, int[] groups, ExclusionReason? why)
    {
        var limited = New(EventType.IncidentCreated);
        limited.Apply(limited.Subscription.LimitedTo([10], [20]));
        Assert.Equal(why, limited.ExclusionOf(new EventScope(EventType.IncidentCreated, 1, components, IncidentSeverity.Minor) { GroupIds = groups }));
    }

    [Fact]
    public void Without_limits_only_the_event_is_asked()
    {
        var open = New(EventType.IncidentCreated);
        Assert.Null(open.ExclusionOf(new EventScope(EventType.IncidentCreated, 7, NoComponents, IncidentSeverity.None)));
        Assert.Equal(ExclusionReason.Event, open.ExclusionOf(new EventScope(EventType.IncidentUpdated, 7, NoComponents, IncidentSeverity.None)));
    }

    [Fact]
    public void Limited_to_no_component_any_more_it_hears_of_nothing_rather_than_of_all()
    {
        var left = New(EventType.IncidentCreated, EventType.ComponentStatusChanged);
        left.AllComponents = false;
        Assert.Equal(ExclusionReason.Component, left.ExclusionOf(new EventScope(EventType.IncidentCreated, 1, NoComponents, IncidentSeverity.Critical)));
        Assert.Equal(ExclusionReason.Component, left.ExclusionOf(new EventScope(EventType.ComponentStatusChanged, 1, [10], null)));
    }

    [Fact]
    public void Nobody_can_subscribe_to_an_alert()
    {
        var all = New([.. EventTypes.All]);
        Assert.All(EventTypes.Alerts, alert => Assert.Equal(ExclusionReason.Event, all.ExclusionOf(new EventScope(alert, 0, NoComponents, null))));
    }

    [Fact]
    public void Who_was_sent_the_beginning_is_asked_for_the_event_only()
    {
        var limited = New(EventType.IncidentResolved);
        (limited.Id, limited.AllPages, limited.AllComponents, limited.MinSeverity) = (7, false, false, IncidentSeverity.Critical);
        var resolved = new EventScope(EventType.IncidentResolved, 1, NoComponents, IncidentSeverity.None) { SentEarlier = new HashSet<int> { 7 } };
        Assert.Null(limited.ExclusionOf(resolved));
        Assert.Equal(ExclusionReason.Event, limited.ExclusionOf(resolved with { Type = EventType.IncidentUpdated }));
        Assert.Equal(ExclusionReason.Page, limited.ExclusionOf(resolved with { SentEarlier = new HashSet<int> { 8 } }));
    }

    private static Notification New(params EventType[] events)
    {
        var notification = new Notification { Kind = "webhook", Name = "N", Transport = new() { ProtectedUrl = "" }, AllPages = true };
        notification.Events.AddRange(events.Select(type => new NotificationEvent { Type = type }));
        return notification;
    }
}
