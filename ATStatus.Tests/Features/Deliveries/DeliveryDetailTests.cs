using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Tests.Support;
using Bunit;
using Hangfire;

namespace ATStatus.Tests.Features.Deliveries;

public sealed class DeliveryDetailTests : NotificationPagesFixture
{
    private const string Secret = "s3cr3t-that-nobody-sees";
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    [Fact]
    public async Task A_failed_one_tells_everything_but_the_secret_and_what_to_do()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(500, "{\"why\":\"<b>no</b>\"}", ("X-Trace", "abc")));
        var (delivery, _) = await DeliverAsync(receiver.Url.AbsoluteUri);

        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        Assert.Contains("The only attempt failed.", page.Find(".verdict").TextContent, StringComparison.Ordinal);
        Assert.Contains("The receiver, or a proxy before it, failed while it worked on the request.", page.Find(".verdict").TextContent, StringComparison.Ordinal);
        var request = Assert.Single(receiver.Requests);
        Assert.Contains($"X-Request-ID: {request.Header("X-Request-ID")}", Block(page, "Request headers of attempt 1"), StringComparison.Ordinal);
        // Once on the page, the command that repeats it apart.
        Assert.Single(page.FindAll("pre"), block => block.TextContent.Contains("\nX-Request-ID: ", StringComparison.Ordinal));
        Assert.Contains($"X-Webhook-Signature: {request.Header("X-Webhook-Signature")}", Block(page, "Request headers of attempt 1"), StringComparison.Ordinal);
        Assert.Contains("X-Trace: abc", Block(page, "Response headers of attempt 1"), StringComparison.Ordinal);
        Assert.Equal("{\n  \"why\": \"<b>no</b>\"\n}", Block(page, "Response body of attempt 1"));
        Assert.DoesNotContain(Secret, page.Markup, StringComparison.Ordinal);

        page.FindAll("figure.code").Single(f => f.TextContent.StartsWith("Request body", StringComparison.Ordinal) || f.QuerySelector("pre[aria-label='Request body']") is not null)
            .QuerySelectorAll("button").Single(b => b.TextContent.Trim() == "Raw").Click();
        Assert.Equal(request.Text, Block(page, "Request body"));
    }

    [Fact]
    public async Task Before_the_first_attempt_it_shows_what_will_be_sent()
    {
        var statusPage = await AddPageAsync();
        await AddNotificationAsync(secret: Secret);
        var delivery = await RaiseAsync(statusPage, "API");

        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        Assert.Contains("No attempt yet", page.Markup, StringComparison.Ordinal);
        var headers = page.Find("pre").TextContent;
        Assert.Contains("X-Webhook-Event: component.created", headers, StringComparison.Ordinal);
        Assert.DoesNotContain("X-Webhook-Signature", headers, StringComparison.Ordinal);
        Assert.True(page.Button("Redeliver").HasAttribute("disabled"));
        Assert.Contains("still under way", page.Find("#redeliver-note").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Redeliver_begins_a_new_round_and_the_new_attempt_appears_by_itself()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(500), Support.ScriptedResponse.Status(204));
        var (delivery, _) = await DeliverAsync(receiver.Url.AbsoluteUri);
        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        await page.Button("Redeliver").ClickAsync();

        Assert.Null(Asked);
        page.WaitForAssertion(() => Assert.Contains("Waits for a new attempt", page.Find(".verdict").TextContent, StringComparison.Ordinal), Soon);
        Assert.Equal(1, Get<JobStorage>().GetMonitoringApi().EnqueuedCount(QueueNames.Own));
        await RunAsync(delivery);
        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("details.attempt").Count), Soon);
        Assert.Contains("Redelivered by hand", page.FindAll("details.attempt")[0].TextContent, StringComparison.Ordinal);
        Assert.All(page.FindAll("details.attempt"), attempt => Assert.True(attempt.HasAttribute("open")));
        Assert.Equal(receiver.Requests[0].Header("X-Request-ID"), receiver.Requests[1].Header("X-Request-ID"));
    }

    [Fact]
    public async Task One_that_waits_is_cancelled_after_a_question_and_can_be_redelivered()
    {
        var statusPage = await AddPageAsync();
        await AddNotificationAsync();
        var delivery = await RaiseAsync(statusPage, "API");
        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        Answer = false;
        await page.Button("Cancel delivery").ClickAsync();
        Assert.Equal("Cancel this delivery? The delivery is skipped and not sent. You can still redeliver it later.", Asked);
        Assert.Equal(DeliveryState.Pending, (await Get<DeliveryQueries>().FindAsync(delivery))!.Row.State);
        Answer = true;
        await page.Button("Cancel delivery").ClickAsync();

        page.WaitForAssertion(() => Assert.Contains("Cancelled by ", page.Find(".verdict").TextContent, StringComparison.Ordinal), Soon);
        Assert.Contains("press Redeliver", page.Find(".verdict").TextContent, StringComparison.Ordinal);
        Assert.DoesNotContain(page.FindAll("button"), b => b.TextContent.Trim() == "Cancel delivery");
        Assert.False(page.Button("Redeliver").HasAttribute("disabled"));
    }

    [Fact]
    public async Task One_that_is_being_sent_says_that_it_was_cancelled_and_is_not_asked_about_again()
    {
        var statusPage = await AddPageAsync();
        await AddNotificationAsync();
        var delivery = await RaiseAsync(statusPage, "API");
        await Get<DeliveryStore>().ClaimAsync(delivery, null);
        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        await page.Button("Cancel delivery").ClickAsync();

        Assert.Contains("The attempt under way finishes. Unless it succeeds, the delivery is skipped", Asked, StringComparison.Ordinal);
        page.WaitForAssertion(
            () => Assert.Matches(@"Being sent now\s*\. Cancelled by .+: unless this attempt succeeds, the delivery is skipped", page.Find(".verdict").TextContent), Soon);
        Assert.DoesNotContain(page.FindAll("button"), b => b.TextContent.Trim() == "Cancel delivery");
    }

    [Fact]
    public async Task A_request_that_was_sent_again_on_a_new_connection_is_one_attempt_that_shows_both()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(200), Support.ScriptedResponse.Close(), Support.ScriptedResponse.Status(200));
        await DeliverAsync(receiver.Url.AbsoluteUri);
        var second = await RaiseAsync((await Get<Core.StatusPages.StatusPageQueries>().PagesAsync())[0].Id, "Again");
        await RunAsync(second);

        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, second));

        var attempt = Assert.Single(page.FindAll("details.attempt"));
        Assert.Contains("Delivered", attempt.TextContent, StringComparison.Ordinal);
        Assert.Contains("The reused connection closed without an answer after", attempt.TextContent, StringComparison.Ordinal);
        Assert.Contains("sent again on a new connection, within this attempt.", attempt.TextContent, StringComparison.Ordinal);
        var phases = page.Find(".phases").TextContent;
        Assert.Contains("reused connection", phases, StringComparison.Ordinal);
        Assert.Contains("connect", phases, StringComparison.Ordinal);
        Assert.DoesNotContain("no new connection", phases, StringComparison.Ordinal);
        Assert.Equal(3, receiver.Requests.Count);
        Assert.Equal(receiver.Requests[1].Header("X-Request-ID"), receiver.Requests[2].Header("X-Request-ID"));
    }

    [Fact]
    public async Task One_that_arrived_is_redelivered_only_after_a_question()
    {
        await using var receiver = LoopbackReceiver.Start();
        var (delivery, _) = await DeliverAsync(receiver.Url.AbsoluteUri);
        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        Answer = false;
        await page.Button("Redeliver").ClickAsync();
        Assert.Contains("The receiver has it already.", Asked, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Delivered, (await Get<DeliveryQueries>().FindAsync(delivery, Stop))!.Row.State);

        Answer = true;
        await page.Button("Redeliver").ClickAsync();
        Assert.Equal(DeliveryState.Pending, (await Get<DeliveryQueries>().FindAsync(delivery, Stop))!.Row.State);
    }

    [Fact]
    public async Task What_cannot_be_redelivered_says_why()
    {
        await using var receiver = LoopbackReceiver.Start();
        var (delivery, notification) = await DeliverAsync(receiver.Url.AbsoluteUri);
        await Get<NotificationService>().SetEnabledAsync(notification, false, Stop);
        var test = await Get<TestSendService>().SendSavedAsync(notification, EventType.IncidentCreated, Stop);

        var off = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));
        Assert.True(off.Button("Redeliver").HasAttribute("disabled"));
        Assert.Contains("switched off", off.Find("#redeliver-note").TextContent, StringComparison.Ordinal);

        var tested = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, test.DeliveryId));
        Assert.Contains("A test is sent once", tested.Find("#redeliver-note").TextContent, StringComparison.Ordinal);
        Assert.Contains(MaskedUrl.Display(receiver.Url), tested.Find("dl").TextContent, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_long_response_is_marked_as_truncated()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(200, new string('x', 20_000)));
        var (delivery, _) = await DeliverAsync(receiver.Url.AbsoluteUri);

        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        Assert.Contains(page.FindAll("pre"), pre => pre.GetAttribute("aria-label")!.Contains("truncated", StringComparison.Ordinal) && pre.TextContent.Length == 16 * 1024);
    }

    [Fact]
    public void A_missing_delivery_says_so() =>
        Assert.Contains("There is no such delivery", Render<DeliveryDetailPage>(p => p.Add(x => x.Id, 4711)).Markup, StringComparison.Ordinal);

    private async Task<(long Delivery, int Notification)> DeliverAsync(string url)
    {
        var page = await AddPageAsync();
        var notification = await AddNotificationAsync(url: url, secret: Secret);
        var delivery = await RaiseAsync(page, "API");
        await RunAsync(delivery);
        return (delivery, notification);
    }

    private static string Block(IRenderedComponent<DeliveryDetailPage> page, string label) => page.Find($"pre[aria-label='{label}']").TextContent;
}
