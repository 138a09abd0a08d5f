using ATStatus.Admin.Components.Layout;
using ATStatus.Admin.Features;
using ATStatus.Admin.Features.Overview;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using Bunit;

namespace ATStatus.Tests.Features;

public sealed class OverviewTests : FeatureTest
{
    [Fact]
    public async Task The_steps_tick_themselves_off_and_go()
    {
        var cut = Open<OverviewPage>();
        Assert.Equal("0 of 4 done", Progress(cut));
        Assert.Equal("StatusPage", cut.Find("[aria-current=step]").GetAttribute("data-step"));
        Assert.Empty(cut.FindAll("h2#overview-pages"));

        await Button(cut, "Load sample data").ClickAsync();
        Assert.Equal("1 of 4 done", Progress(cut));
        Assert.Equal("admin/notifications/new", Button(cut, "Add a notification").GetAttribute("href"));
        Assert.Contains("test receiver", cut.Find("[data-step=Notification]").TextContent, StringComparison.Ordinal);

        var notification = await AddNotificationAsync();
        cut = Open<OverviewPage>();
        Assert.Equal("Test", cut.Find("[aria-current=step]").GetAttribute("data-step"));

        await Get<TestSendService>().SendSavedAsync(notification, EventType.IncidentCreated, Stop);
        cut = Open<OverviewPage>();
        Assert.Equal("3 of 4 done", Progress(cut));
        Assert.Equal("Incident", cut.Find("[aria-current=step]").GetAttribute("data-step"));

        var page = (await Get<StatusPageQueries>().PagesAsync(cancellationToken: Stop))[0].Id;
        await AddIncidentAsync(page);
        cut = Open<OverviewPage>();
        Assert.Empty(cut.FindAll(".steps"));
        Assert.NotNull(Button(cut, "Create Incident"));
    }

    [Theory]
    [InlineData(1, true)]
    [InlineData(25, false)]
    public void A_console_with_old_incidents_is_not_new(int hours, bool shown)
    {
        var now = new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);
        var steps = new FirstSteps(true, false, false, true, now.AddHours(-hours));

        Assert.Equal(shown, steps.IsShown(now));
        Assert.True(new FirstSteps(true, true, false, false, null).IsShown(now));
    }

    [Fact]
    public async Task A_notification_that_can_receive_nothing_needs_attention()
    {
        await AddPageAsync();
        var gone = await AddPageAsync("Gone", "gone");
        var id = await Get<NotificationService>().CreateAsync(
            new NotificationInput(
                "webhook", "Ops", new("https://test-receiver.invalid/"), new(EventTypes.All) { StatusPageIds = [gone] }), Stop);
        await AddNotificationAsync("Fine");
        Assert.DoesNotContain("Receives nothing", Open<OverviewPage>().Markup, StringComparison.Ordinal);
        await Get<StatusPageService>().DeleteAsync(gone, "Gone", cancellationToken: Stop);

        var panel = Open<OverviewPage>().Find("section[aria-labelledby=overview-failing]");
        Assert.Equal($"admin/notifications/{id}", Assert.Single(panel.QuerySelectorAll("li a.name")).GetAttribute("href"));
        Assert.Contains("Receives nothing", panel.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_what_is_wrong_with_links()
    {
        var page = await AddPageAsync();
        await AddComponentAsync(page, "API", ComponentStatus.MajorOutage);
        var incident = await AddIncidentAsync(page);
        await AddIncidentAsync(page, "Over", IncidentStatus.Resolved);
        await AddNotificationAsync("Fine");
        var off = await AddNotificationAsync("Silent");
        await Get<NotificationService>().SetEnabledAsync(off, false, Stop);

        var cut = Open<OverviewPage>();

        Assert.Contains("Major outage", cut.Find("[aria-labelledby=overview-pages]").TextContent, StringComparison.Ordinal);
        var open = cut.Find("[aria-labelledby=overview-incidents]");
        Assert.NotNull(open.QuerySelector($"a[href='admin/incidents/{incident}']"));
        Assert.DoesNotContain("Over", open.TextContent, StringComparison.Ordinal);
        var trouble = cut.Find("[aria-labelledby=overview-failing]");
        Assert.Equal("Silent", trouble.QuerySelector($"a[href='admin/notifications/{off}']")!.TextContent);
        Assert.DoesNotContain("Fine", trouble.TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Open_incidents_are_critical_first_and_what_is_cut_is_a_link()
    {
        var page = await AddPageAsync();
        var critical = await AddAsync("Critical", IncidentSeverity.Critical);
        for (var i = 0; i < 6; i++)
            await AddAsync($"Minor {i}", IncidentSeverity.Minor);
        await AddAsync("Major", IncidentSeverity.Major);
        var open = Open<OverviewPage>().Find("[aria-labelledby=overview-incidents]");
        Assert.Equal(["Critical", "Major", "Minor 5", "Minor 4", "Minor 3"], open.QuerySelectorAll("li a").Select(a => a.TextContent));
        Assert.Equal(("3 more open incidents", "admin/incidents?show=open"), (open.QuerySelector(".more a")!.TextContent, open.QuerySelector(".more a")!.GetAttribute("href")));

        // However many are critical, none hides behind the link.
        for (var i = 0; i < 7; i++)
            await AddAsync($"Also critical {i}", IncidentSeverity.Critical);
        open = Open<OverviewPage>().Find("[aria-labelledby=overview-incidents]");
        Assert.Equal(8, open.QuerySelectorAll("li a").Count(a => a.TextContent.Contains("ritical", StringComparison.Ordinal)));
        Assert.NotNull(open.QuerySelector($"a[href='admin/incidents/{critical}']"));
        Assert.Equal("7 more open incidents", open.QuerySelector(".more a")!.TextContent);

        Task<int> AddAsync(string title, IncidentSeverity severity)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            return Get<IncidentService>().CreateAsync(new(page, title, severity, IncidentStatus.Investigating, "m", []), new Actor("op"), Stop);
        }
    }

    [Fact]
    public async Task The_navigation_counts_open_incidents_beside_a_name_that_stays()
    {
        var page = await AddPageAsync();
        var cut = Render<OpenIncidentCount>(p => p.Add(c => c.ChildContent, open => builder =>
        {
            builder.OpenComponent<NavMenu>(0);
            builder.AddAttribute(1, nameof(NavMenu.OpenIncidents), open);
            builder.CloseComponent();
        }));
        Assert.False(Link().HasAttribute("aria-describedby"));

        var id = await AddIncidentAsync(page);
        await AddIncidentAsync(page, "Another");
        await AddIncidentAsync(page, "Over", IncidentStatus.Resolved);
        await FollowAsync(() => Assert.Equal("2 open incidents", Description()));
        Assert.Equal("Incidents", Link().QuerySelector(".mud-nav-link-text")!.FirstChild!.TextContent.Trim());

        await Get<IncidentService>().PostUpdateAsync(id, 0, new IncidentUpdateInput(IncidentStatus.Resolved, null), new Actor("op"), Stop);
        await FollowAsync(() => Assert.Equal("1 open incident", Description()));

        AngleSharp.Dom.IElement Link() => cut.Find("a[href='admin/incidents']");

        string Description() => cut.Find($"#{Link().GetAttribute("aria-describedby")}").TextContent;

        async Task FollowAsync(Action assertion)
        {
            await cut.InvokeAsync(() => { });
            Clock.Advance(LiveRefresh.Gather);
            cut.WaitForAssertion(assertion);
        }
    }

    [Fact]
    public async Task Reminds_of_incidents_that_are_open_and_silent_for_a_day()
    {
        var page = await AddPageAsync();
        var silent = await AddIncidentAsync(page, "Forgotten");
        await AddIncidentAsync(page, "Over", IncidentStatus.Resolved);
        Clock.Advance(TimeSpan.FromHours(25));
        await AddIncidentAsync(page, "Fresh");

        var cut = Open<OverviewPage>();

        var reminder = cut.Find("[aria-labelledby=overview-silent]");
        Assert.Contains("No update for over a day", reminder.TextContent, StringComparison.Ordinal);
        Assert.Equal($"admin/incidents/{silent}", Assert.Single(reminder.QuerySelectorAll("a")).GetAttribute("href"));
    }

    [Fact]
    public async Task A_component_that_is_not_operational_has_its_status_control()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API", ComponentStatus.Degraded);
        var mail = await AddComponentAsync(page, "Mail", ComponentStatus.MajorOutage);
        await AddComponentAsync(page, "Web");
        for (var i = 0; i < 4; i++)
            await AddComponentAsync(page, $"Worker {i}", ComponentStatus.Maintenance);
        var away = await AddPageAsync("Away", "away");
        await AddComponentAsync(away, "Old", ComponentStatus.MajorOutage);
        await Get<StatusPageService>().SetArchivedAsync(away, true, Stop);
        await AddNotificationAsync();

        var cut = Open<OverviewPage>();
        Assert.Equal(["Mail", "API", "Worker 0", "Worker 1", "Worker 2", "1 more"], cut.FindAll(".affected a").Select(a => a.TextContent));
        await Select(mail).ChangeAsync(nameof(ComponentStatus.PartialOutage));
        await Button(cut, "Publish").ClickAsync();
        Assert.Equal("Mail", cut.Find(".affected a").TextContent);
        await Field(cut, "Do not notify").ChangeAsync(true);
        await Select(api).ChangeAsync(nameof(ComponentStatus.Operational));
        await Button(cut, "Publish").ClickAsync();

        Assert.DoesNotContain("API", cut.FindAll(".affected a").Select(a => a.TextContent));
        Assert.Single(JSInterop.Invocations, i => i.Identifier == "Blazor._internal.domWrapper.focus");
        var log = await Get<DeliveryQueries>().PageAsync(new DeliveryFilter(), null, null, 10, Stop);
        Assert.Equal([("API", DeliveryState.Skipped), ("Mail", DeliveryState.Pending)], log.Rows.Select(row => (row.Title, row.State)));

        AngleSharp.Dom.IElement Select(int component) => cut.Find($"select[aria-describedby=affected-{component}]");
    }

    [Fact]
    public async Task A_status_that_is_chosen_stays_to_be_published_when_the_component_recovers()
    {
        var page = await AddPageAsync();
        var api = await AddComponentAsync(page, "API", ComponentStatus.Degraded);
        var cut = Open<OverviewPage>();
        await cut.Find($"#status-{api}").ChangeAsync(nameof(ComponentStatus.MajorOutage));

        await Get<ComponentService>().SetStatusAsync(api, ComponentStatus.Operational, cancellationToken: Stop);
        Clock.Advance(LiveRefresh.Gather);

        cut.WaitForAssertion(() => Assert.Contains("Now Operational.", cut.Find($"#pending-{api}").TextContent, StringComparison.Ordinal));
        Assert.Equal(nameof(ComponentStatus.MajorOutage), cut.Find($"#status-{api}").GetAttribute("value"));
        await Button(cut, "Publish").ClickAsync();
        Assert.Equal(ComponentStatus.MajorOutage, (await Get<StatusPageQueries>().ComponentAsync(api, Stop))!.Status);
    }

    [Fact]
    public void The_bar_says_its_numbers()
    {
        var cut = Render<DeliveryBar>(p => p.Add(
            bar => bar.Counts, new Dictionary<DeliveryState, DeliveryCount> { [DeliveryState.Delivered] = new(9999, true), [DeliveryState.Failed] = new(1, false) }));

        Assert.Equal("9,999+ delivered, 1 failed", cut.Find("svg").GetAttribute("aria-label"));
        var widths = cut.FindAll("rect").Select(rect => double.Parse(rect.GetAttribute("width")!, System.Globalization.CultureInfo.InvariantCulture)).ToList();
        Assert.Equal(1000, widths.Sum(), 0.1);
        Assert.True(widths[1] > 7, "A single failed delivery must still be seen.");
        Assert.NotNull(cut.Find("a[href='admin/deliveries?state=failed&since=24h']"));
    }

    [Fact]
    public async Task Follows_the_deliveries_by_itself()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync();
        var cut = Open<OverviewPage>();
        Assert.Empty(cut.FindAll("svg.bar"));

        await AddComponentAsync(page, "API");
        Clock.Advance(LiveRefresh.Gather);

        cut.WaitForAssertion(() => Assert.Equal("0 delivered, 0 failed, 1 pending", cut.Find("svg.bar").GetAttribute("aria-label")));
    }

    private static string Progress(IRenderedComponent<OverviewPage> cut) => cut.Find(".steps .head .muted").TextContent;
}
