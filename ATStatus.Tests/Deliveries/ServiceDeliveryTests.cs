using System.Text;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Sending.Messages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using ReceivedRequest = ATStatus.Tests.Support.ReceivedRequest;

namespace ATStatus.Tests.Deliveries;

/// <summary>From a saved change to a message at a service that stands in for the real one: settings, the page's public URL, retries, tests, the log.</summary>
public sealed class ServiceDeliveryTests : IAsyncLifetime
{
    private readonly StandInServices _services = new();
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    private NotificationService Notifications => _app.Get<NotificationService>();

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(more: _services.Register);
        _page = await _app.SampleDataAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Theory]
    [InlineData("discord")]
    [InlineData("slack")]
    [InlineData("teams")]
    public async Task A_saved_change_arrives_as_a_message_and_each_retry_says_the_same(string kind)
    {
        _services.Receiver.Script(ScriptedResponse.Status(503), ScriptedResponse.Status(200));
        await AddAsync(kind);
        var delivery = await RaiseAsync("Search & <index>");

        await _app.RunJobAsync(delivery);
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        await _app.RunJobAsync(delivery);

        var requests = _services.Receiver.Requests;
        Assert.Equal(2, requests.Count);
        Assert.Equal(requests[0].Body, requests[1].Body);
        Assert.Contains("Component added", requests[0].Text, StringComparison.Ordinal);
        Assert.Contains("Search", requests[0].Text, StringComparison.Ordinal);
        Assert.Equal(DeliveryState.Delivered, (await _app.DeliveriesAsync()).Single().State);
    }

    [Fact]
    public async Task The_retry_time_of_Discord_counts()
    {
        _services.Receiver.Script(ScriptedResponse.Status(429, """{"retry_after":240.5}"""), ScriptedResponse.Status(200));
        await AddAsync("discord");
        var delivery = await RaiseAsync("Search");

        await _app.RunJobAsync(delivery);

        var due = (await _app.DeliveriesAsync()).Single().DueAt!.Value - _app.Now;
        Assert.InRange(due.TotalSeconds, 239, 241);
    }

    [Fact]
    public async Task Settings_are_kept_with_the_notification_and_an_edit_counts_for_what_waits()
    {
        var id = await AddAsync("discord", new() { ["userName"] = "Before", ["mention"] = "role", ["mentionId"] = "42", ["foreign"] = "x" });
        var detail = (await _app.Get<NotificationQueries>().FindAsync(id))!;
        Assert.Equal(["mention", "mentionId", "userName"], detail.Options.Settings.Keys.Order());
        var delivery = await RaiseAsync("Search");

        await Notifications.UpdateAsync(id, detail.Version, Input("discord", new() { ["userName"] = "After" }));
        await _app.RunJobAsync(delivery);

        var sent = Reading.Json(Assert.Single(_services.Receiver.Requests).Body);
        Assert.Equal("After", sent.Text("username"));
        Assert.Null(sent.Text("content"));
    }

    [Fact]
    public async Task A_wrong_setting_is_said_by_its_field_and_nothing_is_saved()
    {
        var error = await Assert.ThrowsAsync<InvalidInputException>(() => AddAsync("discord", new() { ["threadId"] = "general", ["mention"] = "user" }));

        Assert.Equal(["Settings-mentionId", "Settings-threadId"], error.Errors.Keys.Order());
        Assert.Empty(await _app.Get<NotificationQueries>().ListAsync());
    }

    [Fact]
    public async Task What_only_an_own_receiver_takes_is_not_stored_for_a_service()
    {
        var id = await Notifications.CreateAsync(Input("slack").WithTransport(t => t with
        {
            Secret = "s3cret",
            Headers = [new HeaderInput("X-Key", "value")],
            Options = new() { StandardWebhooks = true, TlsTrust = TlsTrust.Pinned, TlsCertificate = "no certificate" },
        }));

        var detail = (await _app.Get<NotificationQueries>().FindAsync(id))!;
        Assert.False(detail.HasSecret);
        Assert.False(detail.Options.StandardWebhooks);
        Assert.Empty(detail.HeaderNames);
        Assert.Equal(TlsTrust.System, detail.Options.TlsTrust);
    }

    [Fact]
    public async Task Another_service_s_URL_is_refused_on_save_and_on_test()
    {
        var saving = await Assert.ThrowsAsync<InvalidInputException>(
            () => Notifications.CreateAsync(Input("slack").WithTransport(t => t with { Url = StandInServices.DiscordUrl })));
        var testing = await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<TestSendService>().SendAsync(
            new TestSend(null, "slack", "x", new(StandInServices.DiscordUrl), EventType.IncidentCreated)));

        Assert.Contains("hooks.slack.com", saving.Errors["Url"], StringComparison.Ordinal);
        Assert.Contains("hooks.slack.com", testing.Errors["Url"], StringComparison.Ordinal);
        Assert.Empty(_services.Receiver.Requests);
    }

    [Fact]
    public async Task The_page_s_public_URL_is_linked_and_an_edit_counts_at_once()
    {
        await AddAsync("discord");
        await SetPublicUrlAsync("https://status.example.com/old");
        await _app.RunJobAsync(await RaiseAsync("One"));
        await SetPublicUrlAsync(" https://STATUS.example.com ");
        await _app.RunJobAsync(await RaiseAsync("Two"));
        await SetPublicUrlAsync("");
        await _app.RunJobAsync(await RaiseAsync("Three"));

        Assert.Equal(["https://status.example.com/old", "https://status.example.com/", null], _services.Receiver.Requests.Select(UrlOf));
    }

    [Fact]
    public async Task An_edit_by_another_instance_counts_within_seconds()
    {
        await AddAsync("discord");
        await SetPublicUrlAsync("https://status.example.com/old");
        await _app.RunJobAsync(await RaiseAsync("One"));
        await using (var db = _app.Open())
            await db.StatusPages.ExecuteUpdateAsync(row => row.SetProperty(p => p.PublicUrl, "https://status.example.com/new"));
        await _app.RunJobAsync(await RaiseAsync("Two"));
        _app.Time.Advance(PublicPageUrls.Kept);
        await _app.RunJobAsync(await RaiseAsync("Three"));

        Assert.Equal(
            ["https://status.example.com/old", "https://status.example.com/old", "https://status.example.com/new"],
            _services.Receiver.Requests.Select(UrlOf));
    }

    [Fact]
    public async Task A_test_sends_what_is_in_the_form_and_says_so_beforehand()
    {
        await SetPublicUrlAsync("https://status.example.com/");
        var tests = _app.Get<TestSendService>();
        var sample = await tests.SampleAsync(EventType.IncidentUpdated, new());
        var settings = new Dictionary<string, string> { ["userName"] = "Unsaved" };

        var outcome = await tests.SendAsync(
            new TestSend(
                null, "discord", "x", new(StandInServices.DiscordUrl) { Options = new() { Settings = settings } },
                EventType.IncidentUpdated));

        Assert.Null(outcome.Result.Failure);
        var sent = Assert.Single(_services.Receiver.Requests);
        Assert.Equal(Sender("discord").BodyOf(sample.Payload, settings, sample.PageUrl).ToArray(), sent.Body);
        Assert.Contains("[Test] ", sent.Text.Replace("\\\\[Test\\\\]", "[Test]", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("discord")]
    [InlineData("slack")]
    [InlineData("teams")]
    public async Task The_log_shows_what_was_sent(string kind)
    {
        await SetPublicUrlAsync("https://status.example.com/");
        await AddAsync(kind, new() { ["userName"] = "Status" });
        var delivery = await RaiseAsync("Search");
        await _app.RunJobAsync(delivery);

        var detail = (await _app.Get<DeliveryQueries>().FindAsync(delivery))!;
        var rendered = await _app.Get<SentMessages>().RenderAsync(detail);

        Assert.Equal(Assert.Single(_services.Receiver.Requests).Text, rendered);
        Assert.Contains("component.created", Encoding.UTF8.GetString(detail.Payload), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_webhook_s_body_is_the_event_itself()
    {
        await using var receiver = LoopbackReceiver.Start();
        await _app.NotificationAsync(receiver.Url);
        var delivery = await RaiseAsync("Search");

        Assert.Null(await _app.Get<SentMessages>().RenderAsync((await _app.Get<DeliveryQueries>().FindAsync(delivery))!));
    }

    [Fact]
    public async Task Changed_settings_deserve_a_new_beginning()
    {
        _services.Receiver.Script(ScriptedResponse.Status(404));
        var id = await AddAsync("discord", new() { ["threadId"] = "1" });
        await _app.RunJobAsync(await RaiseAsync("Search"));
        await using (var db = _app.Open())
            Assert.Equal(1, (await db.NotificationHealth.SingleAsync()).ConsecutiveFailures);

        await Notifications.UpdateAsync(id, 0, Input("discord", new() { ["threadId"] = "2" }));

        await using (var db = _app.Open())
            Assert.Equal(0, (await db.NotificationHealth.SingleAsync()).ConsecutiveFailures);
    }

    private Task<int> AddAsync(string kind, Dictionary<string, string>? settings = null) => Notifications.CreateAsync(Input(kind, settings));

    private static NotificationInput Input(string kind, Dictionary<string, string>? settings = null) =>
        new(kind, "Channel", new(StandInServices.UrlOf(kind)) { Options = new() { Settings = settings ?? [] } }, new([.. EventTypes.All]));

    private IDeliverySender Sender(string kind) =>
        ((IEnumerable<IDeliverySender>)_app.Services.GetService(typeof(IEnumerable<IDeliverySender>))!).Single(s => s.Kind == kind);

    private async Task<long> RaiseAsync(string component)
    {
        await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, component, ComponentStatus.Operational));
        return (await _app.DeliveriesAsync())[^1].Id;
    }

    private async Task SetPublicUrlAsync(string url)
    {
        var row = (await _app.Get<StatusPageQueries>().PageAsync(_page.Id))!;
        await _app.Get<StatusPageService>().UpdateAsync(row.Id, row.Version, new StatusPageInput(row.Name, row.Slug, row.Description, row.TimeZone, url));
    }

    private static string? UrlOf(ReceivedRequest request) => Reading.Json(request.Body).Items("embeds").Single().Text("url");
}
