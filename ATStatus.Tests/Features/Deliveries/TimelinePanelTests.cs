using ATStatus.Admin.Features.Deliveries;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Model;
using ATStatus.Core.Persistence;
using ATStatus.Core.Recovery;
using ATStatus.Tests.Support;
using Bunit;
using Hangfire;
using Microsoft.EntityFrameworkCore;
using MudBlazor;

namespace ATStatus.Tests.Features.Deliveries;

/// <summary>A delivery's timeline: what it tells, that it is live, and Send now.</summary>
public sealed class TimelinePanelTests : NotificationPagesFixture
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);

    protected override int MaxAttempts => 2;

    [Fact]
    public async Task It_tells_saved_attempts_with_their_steps_and_what_is_next()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(500));
        var delivery = await RaiseToAsync(receiver);

        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));
        Assert.Equal(["Saved", "1st attempt is in the queue"], Lines(page));
        Assert.Empty(page.FindAll(".step-action"));

        await RunAsync(delivery);
        page.WaitForAssertion(() => Assert.Equal(3, Lines(page).Count), Soon);
        Assert.Equal("1st attempt Failed: status 500", Lines(page)[1]);
        Assert.Matches("^2nd attempt begins in \\d+ (s|min \\d\\d s)$", Lines(page)[2]);
        Assert.Matches("^\\d+ ms: connect \\d+ ms, wait \\d+ ms$", page.Find(".life .phase-bar[role=img]").GetAttribute("aria-label"));
        Assert.NotEmpty(page.FindAll(".life rect"));
        Assert.NotNull(page.Find(".step-now [href], .step-now button"));
        Assert.Equal("step", page.Find(".step-now").GetAttribute("aria-current"));
    }

    [Fact]
    public async Task While_all_sending_is_paused_nothing_counts_down()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(500));
        var delivery = await RaiseToAsync(receiver);
        await RunAsync(delivery);
        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));
        var log = Render<DeliveryLogPage>();
        Assert.StartsWith("2nd attempt begins in", Lines(page)[^1], StringComparison.Ordinal);
        Assert.StartsWith("in ", log.Find("td[data-label='Next attempt']").TextContent, StringComparison.Ordinal);

        await Get<SendingPauseService>().PauseAsync(new Actor("ada@example.com"), Stop);
        page.WaitForAssertion(() => Assert.Equal("Paused while sending is paused", Lines(page)[^1]), Soon);
        Assert.Contains("Waits: all sending is paused.", page.Find(".verdict").TextContent, StringComparison.Ordinal);
        log.WaitForAssertion(() => Assert.Equal("paused", log.Find("td[data-label='Next attempt']").TextContent), Soon);

        await Get<SendingPauseService>().ResumeAsync(Stop);
        page.WaitForAssertion(() => Assert.StartsWith("2nd attempt begins in", Lines(page)[^1], StringComparison.Ordinal), Soon);
        log.WaitForAssertion(() => Assert.StartsWith("in ", log.Find("td[data-label='Next attempt']").TextContent, StringComparison.Ordinal), Soon);
    }

    [Fact]
    public async Task Send_now_hands_the_next_attempt_over_and_the_page_follows_to_the_end()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(500), Support.ScriptedResponse.Status(204));
        var delivery = await RaiseToAsync(receiver);
        await RunAsync(delivery);
        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        await page.Button("Send now").ClickAsync();

        page.WaitForAssertion(() => Assert.Equal("2nd attempt is in the queue", Lines(page)[^1]), Soon);
        Assert.Equal(1, Get<JobStorage>().GetMonitoringApi().EnqueuedCount(QueueNames.Retries));
        Assert.Contains("It is sent now", Assert.Single(Get<ISnackbar>().ShownSnackbars).Message, StringComparison.Ordinal);
        await RunAsync(delivery);
        page.WaitForAssertion(() => Assert.Equal("Delivered after 2 attempts", Lines(page)[^1]), Soon);
        Assert.DoesNotContain("Send now", page.Markup, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Somebody_elses_Send_now_is_told_and_not_repeated()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(500));
        var delivery = await RaiseToAsync(receiver);
        await RunAsync(delivery);
        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));
        // By another instance: this one has not heard of it when the button is pressed.
        await using (var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop))
            await db.Deliveries.ExecuteUpdateAsync(row => row.SetProperty(d => d.DueAt, d => d.CreatedAt), Stop);

        await page.Button("Send now").ClickAsync();

        Assert.Contains("in the queue already", Get<ISnackbar>().ShownSnackbars.Single().Message, StringComparison.Ordinal);
        Assert.Equal(0, Get<JobStorage>().GetMonitoringApi().EnqueuedCount(QueueNames.Retries));
    }

    [Fact]
    public async Task Rounds_are_told_apart_and_one_that_was_skipped_says_so()
    {
        await using var receiver = LoopbackReceiver.Start(Support.ScriptedResponse.Status(404));
        var delivery = await RaiseToAsync(receiver);
        await RunAsync(delivery);
        await Get<RedeliveryService>().SendNowAsync(delivery, Stop);
        await RunAsync(delivery);
        await Get<RedeliveryService>().RedeliverAsync(delivery, Stop);
        await RunAsync(delivery);

        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        Assert.Equal(
            ["Saved", "1st attempt Failed: status 404", "2nd attempt Failed: status 404", "Round 2 Redelivered by hand", "3rd attempt Failed: status 404"],
            Lines(page).SkipLast(1));
        Assert.StartsWith("4th attempt begins in", Lines(page)[^1], StringComparison.Ordinal);
        Assert.Contains("The receiver does not know this address.", page.Find("#attempt-2").TextContent, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, "1st")]
    [InlineData(2, "2nd")]
    [InlineData(3, "3rd")]
    [InlineData(4, "4th")]
    [InlineData(11, "11th")]
    [InlineData(12, "12th")]
    [InlineData(21, "21st")]
    [InlineData(113, "113th")]
    public void Attempts_are_counted_in_words(int number, string words) => Assert.Equal(words, TimelinePanel.Ordinal(number));

    [Fact]
    public async Task An_attempt_leads_to_what_it_sent_and_the_event_to_its_page()
    {
        await using var receiver = LoopbackReceiver.Start();
        var delivery = await RaiseToAsync(receiver);
        await RunAsync(delivery);
        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        await page.Find(".step-link").ClickAsync(new());

        Assert.Equal("attempt-1", Assert.Single(JSInterop.Invocations["atstatus.reveal"]).Arguments[0]);
        Assert.NotNull(page.Find("#attempt-1"));
        Assert.Equal(2, page.FindAll("a[href='admin/events/1']").Count);
    }

    [Fact]
    public async Task Copy_as_cURL_copies_the_request_without_what_is_secret()
    {
        await using var receiver = LoopbackReceiver.Start();
        var delivery = await RaiseToAsync(receiver, "/hook/T0KEN-T0KEN");
        await RunAsync(delivery);
        var page = Render<DeliveryDetailPage>(p => p.Add(x => x.Id, delivery));

        await page.Button("Copy as cURL").ClickAsync();

        var copied = (string)Assert.Single(JSInterop.Invocations["atstatus.copy"]).Arguments[0]!;
        Assert.Contains("curl --include --request POST \"$URL\"", copied, StringComparison.Ordinal);
        Assert.Contains($"SIGNATURE='{receiver.Requests[0].Header("X-Webhook-Signature")}'", copied, StringComparison.Ordinal);
        Assert.Contains($"'X-Request-ID: {receiver.Requests[0].Header("X-Request-ID")}'", copied, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", page.Markup, StringComparison.Ordinal);
        Assert.DoesNotContain("T0KEN", page.Markup, StringComparison.Ordinal);
        Assert.Contains("openssl dgst -sha256 -hmac \"$SECRET\"", page.Find("pre[aria-label='How the signature is computed']").TextContent, StringComparison.Ordinal);
    }

    private async Task<long> RaiseToAsync(LoopbackReceiver receiver, string path = "/hook")
    {
        var page = await AddPageAsync();
        await AddNotificationAsync(url: receiver.UrlFor("127.0.0.1", path).AbsoluteUri, secret: "s3cret");
        return await RaiseAsync(page, "API");
    }

    /// <summary>The entries' words, without their times.</summary>
    private static List<string> Lines(IRenderedComponent<DeliveryDetailPage> page) =>
        [.. page.FindAll(".life .step-line").Select(line => string.Join(' ', line.Children
            .Where(part => !part.ClassList.Contains("step-at") && !(line.TextContent.StartsWith("Saved", StringComparison.Ordinal) && part.ClassList.Contains("muted")))
            .Select(part => string.Join(' ', part.TextContent.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)))))];
}
