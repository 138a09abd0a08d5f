using ATStatus.Admin.Features.Events;
using ATStatus.Admin.Features.Incidents;
using ATStatus.Admin.Features.Maintenance;
using ATStatus.Admin.Features.StatusComponents;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Features.Events;

/// <summary>An event's page, and the delivery report of a subject.</summary>
public sealed class EventPagesTests : NotificationPagesFixture
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    // So long that nothing ends before a test lets it.
    protected override void Configure(IServiceCollection services) =>
        services.AddSingleton(new WebhookOptions { AllowedNetworks = [System.Net.IPNetwork.Parse("127.0.0.0/8")], MaxAttempts = 1, Timeout = TimeSpan.FromMinutes(5) });

    [Fact]
    public async Task An_event_names_every_notification_with_its_delivery_or_the_reason()
    {
        await using var receiver = LoopbackReceiver.Start();
        var page = await AddPageAsync();
        await AddNotificationAsync("Main channel", receiver.Url.AbsoluteUri);
        await SubscribeAsync("Resolved only", EventType.IncidentResolved);
        var off = await AddNotificationAsync("Switched off");
        await Get<NotificationService>().SetEnabledAsync(off, false, Stop);
        var incident = await ReportAsync(page);
        await RunAsync(1);
        await AddNotificationAsync("Afterwards");

        var shown = Render<EventPage>(p => p.Add(x => x.Id, 1));

        Assert.Equal("incident.created: API errors", shown.Find(".page-header p").TextContent);
        Assert.Equal(["Main channel", "Switched off", "Afterwards", "Resolved only"], shown.FindAll("tbody th").Select(th => th.TextContent.Trim()));
        var main = shown.Row("Main channel");
        Assert.Contains("Delivered", main.TextContent, StringComparison.Ordinal);
        Assert.Contains("At the first attempt.", main.TextContent, StringComparison.Ordinal);
        Assert.Equal("admin/deliveries/1", main.QuerySelector("td a")!.GetAttribute("href"));
        Assert.Contains("Skipped", shown.Row("Switched off").TextContent, StringComparison.Ordinal);
        Assert.Contains("The notification was switched off: By hand.", shown.Row("Switched off").TextContent, StringComparison.Ordinal);
        Assert.Contains("This event was not chosen.", shown.Row("Resolved only").TextContent, StringComparison.Ordinal);
        Assert.Contains("Added later", shown.Row("Afterwards").TextContent, StringComparison.Ordinal);
        Assert.Contains("\"title\": \"API errors\"", shown.Find("pre").TextContent, StringComparison.Ordinal);
        Assert.Equal($"admin/incidents/{incident}/told", shown.FindAll("dl a")[^1].GetAttribute("href"));
    }

    [Fact]
    public async Task An_event_is_live()
    {
        await using var receiver = LoopbackReceiver.Start();
        var page = await AddPageAsync();
        await AddNotificationAsync("Main channel", receiver.Url.AbsoluteUri);
        await ReportAsync(page);
        var shown = Render<EventPage>(p => p.Add(x => x.Id, 1));
        Assert.Contains("Pending", shown.Row("Main channel").TextContent, StringComparison.Ordinal);
        string? said = null;
        Get<ATStatus.Admin.Components.Shared.Announcer>().Said += text => said = text;

        await RunAsync(1);

        shown.WaitForAssertion(() => Assert.Contains("Delivered", shown.Row("Main channel").TextContent, StringComparison.Ordinal), Soon);
        shown.WaitForAssertion(() => Assert.Equal("Now 1 delivered", said), Soon);
    }

    [Fact]
    public async Task While_an_event_goes_out_to_many_its_page_and_its_incident_s_report_say_how_many_are_delivered()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(
            [.. Enumerable.Repeat(Support.ScriptedResponse.Status(200), 30), Support.ScriptedResponse.Status(200).After(answer.Task)]);
        var page = await AddPageAsync();
        for (var i = 0; i < 120; i++)
            await AddNotificationAsync($"Channel {i:000}", receiver.Url.AbsoluteUri);
        var incident = await ReportAsync(page);
        var shown = Render<EventPage>(p => p.Add(x => x.Id, 1));
        var report = Render<IncidentReportPage>(p => p.Add(x => x.Id, incident));
        Assert.Equal(["0 of 120 delivered", "0 of 120 delivered"], new IRenderedComponent<IComponent>[] { shown, report }.Select(Progress));
        Assert.Equal(50, shown.FindAll("tbody tr").Count);

        var run = Get<ATStatus.Core.Deliveries.EventRuns>().RunAsync(1, jobId: null);

        shown.WaitForAssertion(() => Assert.Equal("30 of 120 delivered", Progress(shown)), Soon);
        report.WaitForAssertion(() => Assert.Equal("30 of 120 delivered", Progress(report)), Soon);
        answer.SetResult();
        await run;
        shown.WaitForAssertion(() => Assert.Equal((null, "120 delivered"), (Progress(shown), shown.Find(".recipient-summary").TextContent.Trim())), Soon);
        report.WaitForAssertion(() => Assert.Null(Progress(report)), Soon);
        await shown.Button("Show 70 more").ClickAsync();
        Assert.Equal(120, shown.FindAll("tbody tr").Count);
    }

    [Fact]
    public async Task A_test_and_a_missing_event_say_so()
    {
        var notification = await AddNotificationAsync();
        await Get<TestSendService>().SendSavedAsync(notification, EventType.IncidentCreated, Stop);
        var test = Render<EventPage>(p => p.Add(x => x.Id, 1));
        Assert.Contains("Test", test.Find(".title").TextContent, StringComparison.Ordinal);
        Assert.Single(test.FindAll("tbody tr"));
        Assert.Contains("There is no such event", Render<EventPage>(p => p.Add(x => x.Id, 4711)).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Of_an_incident_each_event_stands_beside_each_notification()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(200), Support.ScriptedResponse.Status(410));
        var page = await AddPageAsync();
        await AddNotificationAsync("Main channel", receiver.Url.AbsoluteUri);
        await SubscribeAsync("Resolved only", EventType.IncidentResolved);
        await SubscribeAsync("Nothing of it", EventType.ComponentDeleted);
        var incident = await ReportAsync(page);
        await RunAsync(1);
        var shown = Render<IncidentReportPage>(p => p.Add(x => x.Id, incident));
        Assert.Equal(["Main channel: Delivered", "Nothing of it: Not subscribed", "Resolved only: Not subscribed"], Rows(shown));
        Assert.Equal("admin/events/1", shown.Find("thead a").GetAttribute("href"));

        await Get<IncidentService>().PostUpdateAsync(incident, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), new Actor("op"), Stop);
        await RunAsync(2);

        // A new event is a new column, and whoever received one comes first.
        shown.WaitForAssertion(
            () => Assert.Equal(
                ["Main channel: Delivered, Failed", "Resolved only: Not subscribed, Pending", "Nothing of it: Not subscribed, Not subscribed"], Rows(shown)),
            Soon);
        Assert.Equal(["admin/deliveries/1", "admin/deliveries/2"], shown.FindAll("tbody tr")[0].QuerySelectorAll("td a").Select(a => a.GetAttribute("href")));
        Assert.Contains("Failed, delivery of incident.resolved to Main channel", shown.FindAll("tbody a[aria-label]").Select(a => a.GetAttribute("aria-label")!));
        Assert.Contains("1 notification received none of these events.", shown.Markup, StringComparison.Ordinal);
        Assert.Equal("API errors", shown.Find(".page-header p").TextContent);
    }

    [Fact]
    public async Task A_report_says_every_outcome_in_words_with_the_failures_first_and_is_filtered_by_outcome()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var gone = LoopbackReceiver.Start(Support.ScriptedResponse.Status(404));
        var page = await AddPageAsync();
        await AddNotificationAsync("a delivered", receiver.Url.AbsoluteUri);
        await AddNotificationAsync("z failed", gone.Url.AbsoluteUri);
        var off = await AddNotificationAsync("b off");
        await Get<NotificationService>().SetEnabledAsync(off, false, Stop);
        await SubscribeAsync("c not subscribed", EventType.ComponentDeleted);
        var incident = await ReportAsync(page);
        await Get<ATStatus.Core.Deliveries.EventRuns>().RunAsync(1, jobId: null);
        await AddNotificationAsync("d later");

        var shown = Render<IncidentReportPage>(p => p.Add(x => x.Id, incident));
        Assert.Equal(
            [
                "z failed: Failed: last attempt 404", "a delivered: Delivered", "b off: Skipped: The notification was switched off: By hand.",
                "c not subscribed: Not subscribed: this event was not chosen", "d later: Added later",
            ],
            Words(shown));
        // Nothing is said on hover only.
        Assert.Empty(shown.FindAll("tbody [title]:not(time)"));

        Get<NavigationManager>().NavigateTo($"admin/incidents/{incident}/told?outcome=failed");
        shown = Render<IncidentReportPage>(p => p.Add(x => x.Id, incident));
        Assert.Equal(["z failed: Failed: last attempt 404"], Words(shown));
        await shown.Find("select").ChangeAsync("added_later");
        Assert.EndsWith("/told?outcome=added_later", Get<NavigationManager>().Uri, StringComparison.Ordinal);
        Get<NavigationManager>().NavigateTo($"admin/incidents/{incident}/told?outcome=retrying");
        shown = Render<IncidentReportPage>(p => p.Add(x => x.Id, incident));
        Assert.Contains("No notification has this outcome", shown.Markup, StringComparison.Ordinal);

        static IEnumerable<string> Words(IRenderedComponent<IComponent> page) => page.FindAll("tbody tr").Select(row =>
            $"{row.QuerySelector("th")!.TextContent.Trim()}: {string.Join(", ", row.QuerySelectorAll(".recipient-cell").Select(cell => string.Join(' ', cell.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).Replace(" :", ":", StringComparison.Ordinal)))}");
    }

    [Fact]
    public async Task Of_a_component_and_of_a_window_there_is_the_same_page()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync("Main channel");
        await RaiseAsync(page, "API");
        Assert.Equal(["Main channel: Pending"], Rows(Render<ComponentReportPage>(p => p.Add(x => x.Id, 1))));
        Assert.Contains("No event about this maintenance is recorded.", Render<MaintenanceReportPage>(p => p.Add(x => x.Id, 1)).Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Long_stories_are_turned_over_page_by_page()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync("Main channel");
        await RaiseAsync(page, "API");
        for (var i = 0; i < EventQueries.PageSize; i++)
            await Get<ATStatus.Core.StatusPages.ComponentService>().SetStatusAsync(1, i % 2 == 0 ? ComponentStatus.Degraded : ComponentStatus.Operational, cancellationToken: Stop);

        var latest = Render<ComponentReportPage>(p => p.Add(x => x.Id, 1));
        var earlier = latest.Button("Earlier events").GetAttribute("href")!;
        Assert.Equal("admin/components/1/told?before=2", earlier);
        Assert.DoesNotContain("Latest events", latest.Markup, StringComparison.Ordinal);

        Get<NavigationManager>().NavigateTo(earlier);
        var first = Render<ComponentReportPage>(p => p.Add(x => x.Id, 1));
        Assert.Equal(["component.created"], first.FindAll("thead a").Select(a => a.TextContent));
        Assert.Equal("admin/components/1/told", first.Button("Latest events").GetAttribute("href"));

        Get<NavigationManager>().NavigateTo("admin/components/1/told?before=1");
        var none = Render<ComponentReportPage>(p => p.Add(x => x.Id, 1));
        Assert.Contains("Nothing earlier", none.Markup, StringComparison.Ordinal);
        Assert.Equal("admin/components/1/told", none.Button("Latest events").GetAttribute("href"));
    }

    [Fact]
    public async Task Of_hundreds_that_heard_of_nothing_the_first_are_shown_and_the_others_on_demand()
    {
        var page = await AddPageAsync();
        await AddNotificationAsync("z told");
        for (var i = 0; i < 60; i++)
            await SubscribeAsync($"Other {i}", EventType.ComponentDeleted);
        var incident = await ReportAsync(page);

        var shown = Render<IncidentReportPage>(p => p.Add(x => x.Id, incident));
        Assert.Equal(50, shown.FindAll("tbody tr").Count);
        Assert.Contains("z told", shown.FindAll("tbody tr")[0].TextContent, StringComparison.Ordinal);
        await shown.Button("Show 11 more").ClickAsync();
        Assert.Equal(61, shown.FindAll("tbody tr").Count);
    }

    private Task<int> SubscribeAsync(string name, EventType type) => Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", name, new(ATStatus.Core.TestReceiver.TestReceiverEndpoint.Url), new([type])), Stop);

    private Task<int> ReportAsync(int page) => Get<IncidentService>().CreateAsync(
        new IncidentInput(page, "API errors", IncidentSeverity.Major, IncidentStatus.Investigating, "We look into it.", []), new Actor("op"), Stop);

    private static string? Progress(IRenderedComponent<IComponent> page) => page.FindAll(".recipient-progress").SingleOrDefault()?.TextContent.Trim();

    private static IEnumerable<string> Rows(IRenderedComponent<IComponent> page) => page.FindAll("tbody tr").Select(row =>
        $"{row.QuerySelector("th")!.TextContent.Trim()}: {string.Join(", ", row.QuerySelectorAll(".recipient-cell-text").Select(text => text.ChildNodes.OfType<IText>().First().TextContent.Trim()))}");
}
