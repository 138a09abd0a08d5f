using System.Text.RegularExpressions;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Hangfire;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>What became of a delivery, an event and an incident, followed by an operator who watches.</summary>
public sealed class TraceBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task The_timeline_grows_while_it_retries_and_leaves_focus_and_what_the_reader_closed_alone()
    {
        var second = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500, "first"), ScriptedResponse.Status(502, "second").After(second.Task), ScriptedResponse.Status(200));
        await StartRetryingAsync("00:00:02", receiver);
        var timeline = Page.Region("Timeline").GetByRole(AriaRole.List).First;
        await Expect(timeline).ToContainTextAsync("Failed: status 500");
        await Expect(timeline.GetByRole(AriaRole.Img).First).ToHaveAccessibleNameAsync(new Regex("connect .*wait"));
        await Page.GetByText("Attempt 1", new() { Exact = true }).ClickAsync();
        await Expect(Page.Region("Response body of attempt 1")).ToBeHiddenAsync();
        await Page.Button("Copy as cURL").FocusAsync();
        await Page.EvaluateAsync("() => document.querySelectorAll('.life > li').forEach(entry => entry.dataset.seen = 'yes')");

        await receiver.WaitForAsync(2);
        await Expect(timeline).ToContainTextAsync("is under way");
        second.SetResult();
        await Expect(timeline).ToContainTextAsync("Failed: status 502");
        await Expect(timeline).ToContainTextAsync("Waited 2 s");
        await Expect(timeline).ToContainTextAsync("after 3 attempts");

        // The entries that were there are the same elements, the last one included: nothing was torn down and built anew.
        Assert.Equal(3, await Page.Locator(".life > li[data-seen]").CountAsync());
        Assert.Equal("yes", await Page.Locator(".life > li").Last.GetAttributeAsync("data-seen"));
        await Expect(Page.Button("Copy as cURL")).ToBeFocusedAsync();
        await Expect(Page.Region("Response body of attempt 1")).ToBeHiddenAsync();
        await Expect(Page.Region("Response headers of attempt 3")).ToBeVisibleAsync();

        // From the timeline to what an attempt got.
        await timeline.Button("1st attempt").ClickAsync();
        await Expect(Page.Region("Response body of attempt 1")).ToHaveTextAsync("first");
    }

    [Fact]
    public async Task Send_now_does_not_wait_for_the_next_attempt_and_keeps_the_focus()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200).After(answer.Task));
        await StartRetryingAsync("01:00:00", receiver);
        var timeline = Page.Region("Timeline");
        await Expect(timeline).ToContainTextAsync("2nd attempt begins in");
        await Expect(timeline).ToContainTextAsync("min");

        await timeline.Button("Send now").FocusAsync();
        await Page.Keyboard.PressAsync("Enter");

        await receiver.WaitForAsync(2);
        await Expect(timeline).ToContainTextAsync("is under way");
        await Expect(timeline.Button("Send now")).ToBeFocusedAsync();
        await Expect(timeline.Button("Send now")).ToHaveAttributeAsync("aria-disabled", "true");
        answer.SetResult();
        await Expect(timeline).ToContainTextAsync("after 2 attempts");
        await Expect(timeline.Button("Send now")).ToHaveCountAsync(0);
        await Expect(Page.Locator(".step-now")).ToBeFocusedAsync();

        var requests = receiver.Requests;
        Assert.Equal(requests[0].Header("X-Request-ID"), requests[1].Header("X-Request-ID"));
        // The job that waited for the hour went on, beside the event's; none is left that waits.
        var jobs = Get<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => jobs.SucceededListCount() == 2);
        Assert.Equal(0, jobs.ScheduledCount());
        Assert.Contains(jobs.SucceededJobs(0, 2), job => jobs.JobDetails(job.Key).History.Any(state => state.Reason == "Sent now"));
    }

    [Fact]
    public async Task From_an_incident_it_is_one_click_to_the_delivery_report_and_each_cell_leads_on()
    {
        await using var receiver = LoopbackReceiver.Start();
        await using var closed = LoopbackReceiver.Start(ScriptedResponse.Status(404));
        await StartSignedInAsync(new ConsoleAppOptions { Settings = { ["Webhooks:MaxAttempts"] = "1" } });
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri, "Pager");
        await SubscribeAsync(closed.Url.AbsoluteUri, "Old intranet");
        await Get<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Resolved only", new(receiver.Url.AbsoluteUri), new([EventType.IncidentResolved])), Stop);
        var incident = await ReportAsync("API errors");

        await Page.GotoAsync($"admin/incidents/{incident}");
        await Page.Link("Delivery report").ClickAsync();
        await Expect(Page.Heading("Delivery report")).ToBeVisibleAsync();
        await Expect(Page.Link("Delivered, delivery of incident.created to Pager")).ToBeVisibleAsync();
        await Expect(Page.Link("Failed, delivery of incident.created to Old intranet")).ToBeVisibleAsync();
        await Expect(Page.Row("Resolved only")).ToContainTextAsync("Not subscribed");

        // What happens meanwhile is a new column.
        await Get<IncidentService>().PostUpdateAsync(incident, 0, new IncidentUpdateInput(IncidentStatus.Resolved, "Over."), new Actor("op"), Stop);
        await Expect(Page.Link("Delivered, delivery of incident.resolved to Resolved only")).ToBeVisibleAsync();
        Assert.Equal(2, await Page.Locator("thead a").CountAsync());

        await Page.SetViewportSizeAsync(390, 844);
        await Expect(Page.Row("Old intranet").GetByText("Failed", new() { Exact = true }).First).ToBeVisibleAsync();
        await Page.SetViewportSizeAsync(1280, 800);

        await Page.Link("Failed, delivery of incident.created to Old intranet").ClickAsync();
        await Expect(Page.GetByText("The receiver does not know this address.")).ToBeVisibleAsync();
        await Page.Link("incident.created").ClickAsync();
        await Expect(Page.GetByRole(AriaRole.Heading, new() { Level = 1 })).ToContainTextAsync("Event #");
        await Expect(Page.Row("Resolved only")).ToContainTextAsync("This event was not chosen.");
        await Expect(Page.Row("Pager")).ToContainTextAsync("Delivered");
        await Expect(Page.Region("Payload of incident.created")).ToContainTextAsync("API errors");
        await Page.Link("Delivery report").ClickAsync();
        await Expect(Page.Heading("Delivery report")).ToBeVisibleAsync();
    }

    /// <summary>A receiver that fails at first, and its delivery's page while the next attempt is awaited.</summary>
    private async Task StartRetryingAsync(string delay, LoopbackReceiver receiver)
    {
        await StartSignedInAsync(new ConsoleAppOptions
        {
            Settings = { ["Webhooks:RetryBaseDelay"] = delay, ["Webhooks:RetryFactor"] = "1", ["Webhooks:RetryJitter"] = "0" },
        });
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
        await ReportAsync("Receiver is down");
        await receiver.WaitForAsync(1);
        await Page.GotoAsync("admin/deliveries/1");
    }
}
