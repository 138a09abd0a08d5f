using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.Playwright;

namespace ATStatus.Tests.EndToEnd;

/// <summary>A receiver that is down, seen by an operator who has the log open.</summary>
public sealed class DeliveryLogBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    [Fact]
    public async Task Retries_happen_by_themselves_and_Redeliver_repeats_the_same_request()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(503, "closed for lunch"));
        await StartSignedInAsync(new ConsoleAppOptions
        {
            Settings = { ["Webhooks:RetryBaseDelay"] = "00:00:01", ["Webhooks:RetryFactor"] = "1", ["Webhooks:RetryJitter"] = "0" },
        });
        await Get<SampleData>().LoadAsync(Stop);
        await SubscribeAsync(receiver.Url.AbsoluteUri);
        await GoToAsync("Deliveries");
        await Expect(Page.GetByText("No deliveries yet")).ToBeVisibleAsync();

        await ReportAsync("Receiver is down");
        var row = Page.Row("Receiver is down");
        await Expect(row).ToContainTextAsync("Retrying");
        await Expect(row).ToContainTextAsync("503");
        await Expect(row).ToContainTextAsync("Failed");
        await Expect(row.GetByRole(AriaRole.Cell, new() { Name = "3", Exact = true })).ToBeVisibleAsync();
        Assert.Equal(3, receiver.Requests.Count);

        await row.Link("incident.created").ClickAsync();
        await Expect(Page.GetByText("Attempt 3", new() { Exact = true })).ToBeVisibleAsync();
        await Expect(Page.Region("Response body of attempt 3")).ToHaveTextAsync("closed for lunch");
        receiver.Script(ScriptedResponse.Status(200));
        await Page.Button("Redeliver").ClickAsync();
        await Expect(Page.GetByText("The receiver took it: status 200")).ToBeVisibleAsync();
        await Expect(Page.GetByText("Attempt 4", new() { Exact = true })).ToBeVisibleAsync();

        var requests = await receiver.WaitForAsync(4);
        Assert.Equal(4, requests.Count);
        Assert.Single(requests.Select(request => request.Header("X-Request-ID")).Distinct());
        Assert.All(requests, request => Assert.Equal(requests[0].Body, request.Body));
        Assert.True(DocumentVerifier.Verify(requests[3].Body, requests[3].Header("X-Webhook-Signature")!, "s3cret"));
    }
}
