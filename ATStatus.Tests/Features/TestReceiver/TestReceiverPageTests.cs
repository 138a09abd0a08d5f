using ATStatus.Admin.Features.TestReceiver;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.TestReceiver;
using ATStatus.Tests.Support;
using Bunit;

namespace ATStatus.Tests.Features.TestReceiver;

public sealed class TestReceiverPageTests : NotificationPagesFixture
{
    [Fact]
    public async Task Requests_appear_by_themselves_with_a_verdict_and_can_be_cleared()
    {
        var page = Render<TestReceiverPage>();
        Assert.Contains("Nothing received yet", page.Markup, StringComparison.Ordinal);
        Assert.Contains(TestReceiverEndpoint.Url, page.Find("code").TextContent, StringComparison.Ordinal);

        await TestAsync(TestReceiverEndpoint.Url, "secret");
        await TestAsync(TestReceiverEndpoint.Url + "status/503", null);

        page.WaitForAssertion(() => Assert.Equal(2, page.FindAll("details.received").Count), TimeSpan.FromSeconds(10));
        Assert.Contains("Not signed", page.FindAll("summary")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("POST /status/503", page.FindAll("summary")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("responded 503", page.FindAll("summary")[0].TextContent, StringComparison.Ordinal);
        Assert.Contains("Signature valid", page.FindAll("summary")[1].TextContent, StringComparison.Ordinal);
        Assert.Contains("X-Webhook-Signature", page.FindAll("details.received")[1].TextContent, StringComparison.Ordinal);

        Answer = false;
        await page.Button("Clear").ClickAsync();
        Assert.Equal(2, page.FindAll("details.received").Count);
        Answer = true;
        await page.Button("Clear").ClickAsync();
        page.WaitForAssertion(() => Assert.Contains("Nothing received yet", page.Markup, StringComparison.Ordinal));
        Assert.Empty(await Get<TestReceiverQueries>().ListAsync(Stop));
    }

    private Task<TestSendOutcome> TestAsync(string url, string? secret) =>
        Get<TestSendService>().SendAsync(new TestSend(null, "webhook", "Test", new(url, secret), EventType.IncidentCreated), Stop);
}
