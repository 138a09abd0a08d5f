using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.EndToEnd;

/// <summary>A stored URL that can be a credential leaves the server when somebody asks to see it, and what is stored for its server goes to no other.</summary>
public sealed class TargetBrowserTests(TestBrowser browser) : BrowserTest(browser)
{
    private const string Token = "T0pS3cretT0kenT0pS3cretT0ken";

    [Fact]
    public async Task The_token_is_neither_in_the_page_nor_on_the_circuit_before_Show_is_pressed()
    {
        await StartSignedInAsync();
        var id = await Get<NotificationService>().CreateAsync(new NotificationInput(
            "slack", "Chat", new($"https://hooks.slack.com/services/T000/B000/{Token}"), new([EventType.IncidentCreated])), Stop);
        var received = new ConcurrentQueue<string>();
        Page.WebSocket += (_, socket) => socket.FrameReceived += (_, frame) => received.Enqueue(frame.Text ?? Encoding.UTF8.GetString(frame.Binary!));
        var page = await Page.GotoAsync($"admin/notifications/{id}/edit");
        Assert.DoesNotContain(Token, await page!.TextAsync(), StringComparison.Ordinal);
        await Expect(Page.Field("URL")).ToHaveValueAsync("https://hooks.slack.com/services/T0…");
        await Page.Field("Name").FillAsync("Team chat");
        await Expect(Page.Button("Show")).ToBeVisibleAsync();
        Assert.NotEmpty(received);
        Assert.DoesNotContain(received, frame => frame.Contains(Token, StringComparison.Ordinal));

        await Page.Button("Show").ClickAsync();
        await Expect(Page.Field("URL")).ToHaveValueAsync(new Regex(Token));
        Assert.Contains(received, frame => frame.Contains(Token, StringComparison.Ordinal));
        await Page.Button("Hide").ClickAsync();
        await Expect(Page.Field("URL")).ToHaveValueAsync("https://hooks.slack.com/services/T0…");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Row("Team chat")).ToBeVisibleAsync();
        Assert.EndsWith(Token, await Get<NotificationQueries>().UrlAsync(id, Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_test_to_another_server_sends_nothing_before_secret_and_header_are_entered_for_it()
    {
        await using var theirs = LoopbackReceiver.Start();
        await using var mine = LoopbackReceiver.Start();
        await StartSignedInAsync();
        var id = await Get<NotificationService>().CreateAsync(
            new NotificationInput(
                "webhook", "Mine",
                new(mine.Url.AbsoluteUri, "whsec_the-stored-one") { Headers = [new HeaderInput("Authorization", "Bearer stored")] },
                new([EventType.IncidentCreated])),
            Stop);
        await Page.GotoAsync($"admin/notifications/{id}/edit");
        await Page.Field("URL").FillAsync(theirs.Url.AbsoluteUri);
        await Expect(Page.Field("Secret")).ToHaveAccessibleDescriptionAsync(new Regex("another scheme, host or port"));
        await Expect(Page.Field("Header 1 value")).ToHaveAccessibleDescriptionAsync(new Regex("another scheme, host or port"));
        await Page.Button("Send test").ClickAsync();
        await Expect(Page.Field("Secret")).ToHaveAttributeAsync("aria-invalid", "true");
        await Expect(Page.Field("Header 1 value")).ToHaveAttributeAsync("aria-invalid", "true");
        await Page.Button("Save").ClickAsync();
        await Expect(Page.Field("Secret")).ToHaveAttributeAsync("aria-invalid", "true");
        Assert.Empty(theirs.Requests);

        await Page.Field("Secret").FillAsync("whsec_another-one");
        await Page.Field("Header 1 value").FillAsync("Bearer another");
        await Page.Button("Send test").ClickAsync();
        var request = Assert.Single(await theirs.WaitForAsync(1));
        Assert.Equal("Bearer another", request.Header("Authorization"));
        Assert.True(DocumentVerifier.Verify(request.Body, request.Header("X-Webhook-Signature")!, "whsec_another-one"));
        Assert.Empty(mine.Requests);
    }
}
