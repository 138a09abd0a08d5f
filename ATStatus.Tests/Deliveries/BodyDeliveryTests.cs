using System.Text.Json;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Deliveries;

/// <summary>From a saved change over the wire: a body that is not the documented one is rendered once, kept, signed and sent ever after.</summary>
public sealed class BodyDeliveryTests : IAsyncLifetime
{
    private const string Title = """{"t":"{{ data.name }}","id":"{{ id }}"}""";

    private readonly LoopbackReceiver _receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
    private CoreApp _app = null!;
    private StatusPage _page = null!;
    private int _raised;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData(BodyKind.Statuspage, "application/json", "component_update")]
    [InlineData(BodyKind.CloudEvents, "application/cloudevents+json", "specversion")]
    [InlineData(BodyKind.Template, "application/json", "t")]
    public async Task It_is_rendered_at_the_first_claim_and_the_same_bytes_are_signed_and_sent_ever_after(BodyKind kind, string contentType, string property)
    {
        var id = await AddAsync(new() { Body = kind, TemplateBody = kind == BodyKind.Template ? Title : null });
        var delivery = await RaiseAsync();
        Assert.Empty(await BodiesAsync());

        await _app.RunEventAsync((await _app.DeliveriesAsync()).Single().EventId);
        // What the notification asks for by now is another delivery's.
        await EditAsync(id, new() { Body = kind == BodyKind.CloudEvents ? BodyKind.Statuspage : BodyKind.CloudEvents });
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        await _app.RunJobAsync(delivery);
        await _app.Get<DeliveryRequeue>().RequeueAsync(delivery, TestContext.Current.CancellationToken);
        await _app.RunJobAsync(delivery);

        Assert.Equal(3, _receiver.Requests.Count);
        foreach (var request in _receiver.Requests)
        {
            Assert.Equal(_receiver.Requests[0].Body, request.Body);
            Assert.Equal((contentType, "component.created"), (request.Header("Content-Type"), request.Header("X-Webhook-Event")));
            Assert.True(DocumentVerifier.Verify(request.Body, request.Header("X-Webhook-Signature")!, "s3cret"));
            Assert.True(JsonDocument.Parse(request.Body).RootElement.TryGetProperty(property, out _), request.Text);
        }
        Assert.Equal(_receiver.Requests[0].Body, Assert.Single(await BodiesAsync()).Content);
        var shown = (await _app.Get<DeliveryQueries>().FindAsync(delivery, TestContext.Current.CancellationToken))!;
        Assert.Equal(_receiver.Requests[0].Text, shown.BodyText);
        if (kind == BodyKind.Template)
            Assert.Equal($$"""{"t":"Part 1","id":"{{_receiver.Requests[0].Header("X-Request-ID")}}"}""", _receiver.Requests[0].Text);
    }

    [Fact]
    public async Task What_was_attempted_as_documented_stays_so_and_stores_nothing()
    {
        var id = await AddAsync(new());
        var delivery = await RaiseAsync();
        await _app.RunEventAsync((await _app.DeliveriesAsync()).Single().EventId);
        await EditAsync(id, new() { Body = BodyKind.CloudEvents });
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        await _app.RunJobAsync(delivery);

        Assert.Equal((await _app.DeliveriesAsync()).Single().Event!.Payload, _receiver.Requests[1].Body);
        Assert.Equal(_receiver.Requests[0].Body, _receiver.Requests[1].Body);
        Assert.Equal("application/json", _receiver.Requests[1].Header("Content-Type"));
        Assert.Empty(await BodiesAsync());
    }

    [Fact]
    public async Task A_template_that_fails_later_fails_the_delivery_at_once_and_a_new_round_renders_again()
    {
        // Nobody foresees a component of this name.
        var id = await AddAsync(new() { Body = BodyKind.Template, TemplateBody = """{"t":{% if data.name == "Part 1" %}oops{% else %}1{% endif %}}""" });
        var delivery = await RaiseAsync();

        var outcome = await _app.RunEventAsync((await _app.DeliveriesAsync()).Single().EventId);

        Assert.Equal("1 failed", outcome.Note);
        var failed = (await _app.DeliveriesAsync()).Single();
        Assert.Equal((DeliveryState.Failed, FailureKind.Template, 1), (failed.State, failed.LastFailure, failed.AttemptCount));
        Assert.Contains("not valid JSON", failed.Reason, StringComparison.Ordinal);
        Assert.Contains("oops", Assert.Single(failed.Attempts).Error, StringComparison.Ordinal);
        Assert.Empty(_receiver.Requests);
        // A failed job of its own, to be requeued.
        await Eventually.TrueAsync(() => _app.Get<Hangfire.JobStorage>().GetMonitoringApi().FailedCount() == 1);

        await EditAsync(id, new() { Body = BodyKind.Template, TemplateBody = Title });
        await _app.Get<RedeliveryService>().RedeliverAsync(delivery, TestContext.Current.CancellationToken);
        await _app.RunJobAsync(delivery);
        Assert.Equal("Part 1", JsonDocument.Parse(Assert.Single(_receiver.Requests).Body).RootElement.GetProperty("t").GetString());
    }

    [Fact]
    public async Task A_wrong_template_is_refused_beside_its_field_on_save_and_on_test_and_one_that_is_too_long_too()
    {
        foreach (var template in new[] { "{\"a\":}", "", new string('1', TemplateBody.MaxLength + 1) })
        {
            var input = Input(new() { Body = BodyKind.Template, TemplateBody = template });
            var saving = await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<NotificationService>().CreateAsync(input));
            var testing = await Assert.ThrowsAsync<InvalidInputException>(() => _app.Get<TestSendService>().SendAsync(
                new TestSend(null, "webhook", "x", input.Transport, EventType.IncidentCreated)));
            Assert.Equal(["TemplateBody"], saving.Errors.Keys);
            Assert.Equal(["TemplateBody"], testing.Errors.Keys);
        }
    }

    [Fact]
    public async Task A_test_sends_what_the_preview_shows_and_the_log_keeps_it()
    {
        _receiver.Script(ScriptedResponse.Status(200));
        var options = new SendOptions { Body = BodyKind.Template, TemplateBody = """{"t":"{{ data.title }}"}""" };

        var preview = await _app.Get<TestSendService>().SampleAsync(EventType.IncidentCreated, options);
        var outcome = await _app.Get<TestSendService>().SendAsync(new TestSend(null, "webhook", "x", Input(options).Transport, EventType.IncidentCreated));

        Assert.Equal("""{"t":"[Test] API Connectivity Issues"}""", Assert.Single(_receiver.Requests).Text);
        Assert.Equal(_receiver.Requests[0].Body, preview.Body!.Content);
        Assert.Equal(_receiver.Requests[0].Text, (await _app.Get<DeliveryQueries>().FindAsync(outcome.DeliveryId))!.BodyText);
        Assert.Contains("not valid JSON", (await _app.Get<TestSendService>().SampleAsync(
            EventType.IncidentCreated, options with { TemplateBody = "{" })).Body!.Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_that_died_between_claim_and_result_repeats_the_same_bytes()
    {
        await AddAsync(new() { Body = BodyKind.CloudEvents });
        var delivery = await RaiseAsync();
        var claimed = Assert.IsType<ClaimResult.Claimed>(await _app.Get<DeliveryStore>().ClaimAsync(delivery, jobId: null));
        _app.Get<DeliveryStore>().LetGo(claimed.Claim);
        Assert.Equal(claimed.Claim.Payload, Assert.Single(await BodiesAsync()).Content);

        _app.Time.Advance(TimeSpan.FromMinutes(2));
        _receiver.Script(ScriptedResponse.Status(200));
        await _app.RunJobAsync(delivery);

        Assert.Equal(claimed.Claim.Payload, Assert.Single(_receiver.Requests).Body);
    }

    [Fact]
    public async Task The_body_goes_with_its_delivery()
    {
        await AddAsync(new() { Body = BodyKind.CloudEvents });
        _receiver.Script(ScriptedResponse.Status(200));
        await RaiseAsync();
        await _app.RunEventAsync((await _app.DeliveriesAsync()).Single().EventId);
        Assert.Single(await BodiesAsync());
        _app.Time.Advance(TimeSpan.FromDays(400));
        await _app.Get<DeliveryRetention>().PruneAsync(TestContext.Current.CancellationToken);
        Assert.Empty(await BodiesAsync());
    }

    private NotificationInput Input(SendOptions options) =>
        new("webhook", "Receiver", new(_receiver.Url.AbsoluteUri, "s3cret") { Options = options }, new([EventType.ComponentCreated]));

    private Task<int> AddAsync(SendOptions options) => _app.Get<NotificationService>().CreateAsync(Input(options));

    private async Task EditAsync(int id, SendOptions options)
    {
        var saved = (await _app.Get<NotificationQueries>().FindAsync(id))!;
        await _app.Get<NotificationService>().UpdateAsync(id, saved.Version, Input(options).WithTransport(t => t with { Secret = null }));
    }

    private async Task<long> RaiseAsync()
    {
        await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, $"Part {++_raised}", ComponentStatus.Operational));
        return (await _app.DeliveriesAsync())[^1].Id;
    }

    private async Task<List<DeliveryBody>> BodiesAsync()
    {
        await using var db = _app.Open();
        return [.. db.DeliveryBodies];
    }
}
