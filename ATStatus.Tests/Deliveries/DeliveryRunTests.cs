using System.Globalization;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Deliveries.Store;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;

namespace ATStatus.Tests.Deliveries;

/// <summary>Claim, send, record: what a run of the job does to the row, over a real receiver and a real database.</summary>
public sealed class DeliveryRunTests : IAsyncLifetime
{
    private CoreApp _app = null!;
    private StatusPage _page = null!;

    public async ValueTask InitializeAsync()
    {
        _app = await CoreApp.StartAsync(configure: options => (options.SendsPerNotification, options.Workers) = (50, 200));
        _page = await _app.SampleDataAsync();
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Three_attempts_with_the_contracts_waits_then_no_more()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        var id = await DeliveryToAsync(receiver.Url);

        for (var attempt = 1; attempt <= 3; attempt++)
        {
            var before = _app.Now;
            var outcome = await _app.RunJobAsync(id);
            var delivery = await OnlyAsync();
            if (attempt == 3)
            {
                Assert.Equal(DeliveryOutcomeKind.Failed, outcome.Kind);
                Assert.Equal(DeliveryState.Failed, delivery.State);
                Assert.Null(delivery.DueAt);
                break;
            }
            Assert.Equal(DeliveryOutcomeKind.RunAgain, outcome.Kind);
            Assert.Equal($"Retry attempt {attempt + 1} of 3: http_status 500", outcome.Note);
            Assert.Equal(DeliveryState.Retrying, delivery.State);
            var wait = (delivery.DueAt!.Value - before).TotalSeconds;
            var nominal = attempt == 1 ? 60 : 300;
            Assert.InRange(wait, nominal * 0.9, nominal * 1.1);

            // A moment too early nothing is sent.
            _app.Time.Advance(delivery.DueAt.Value - _app.Now - TimeSpan.FromMilliseconds(1));
            Assert.Equal(DeliveryOutcomeKind.RunAgain, (await _app.RunJobAsync(id)).Kind);
            Assert.Equal(attempt, receiver.Requests.Count);
            _app.Time.Advance(TimeSpan.FromMilliseconds(1));
        }

        _app.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(DeliveryOutcomeKind.Nothing, (await _app.RunJobAsync(id)).Kind);
        var requests = receiver.Requests;
        Assert.Equal(3, requests.Count);
        Assert.Single(requests.Select(r => r.Header("X-Request-ID")).Distinct());
        Assert.All(requests, r => Assert.Equal(requests[0].Body, r.Body));
        var final = await OnlyAsync();
        Assert.Equal([1, 2, 3], final.Attempts.OrderBy(a => a.Number).Select(a => a.Number));
        Assert.Equal([AttemptTrigger.Event, AttemptTrigger.Retry, AttemptTrigger.Retry], final.Attempts.OrderBy(a => a.Number).Select(a => a.Trigger));
        Assert.All(final.Attempts, a => Assert.Equal(FailureKind.HttpStatus, a.Failure));
    }

    [Fact]
    public async Task Many_workers_send_once()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var id = await DeliveryToAsync(receiver.Url);
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => _app.RunJobAsync(id)));
        Assert.Single(outcomes, o => o.Kind == DeliveryOutcomeKind.Delivered);
        Assert.Equal(11, outcomes.Count(o => o.Kind == DeliveryOutcomeKind.Nothing));
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task A_group_of_deliveries_is_claimed_and_recorded_each_for_itself()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await _app.NotificationAsync(receiver.Url, events: EventType.ComponentCreated);
        for (var i = 0; i < 40; i++)
            await _app.Get<ComponentService>().CreateAsync(new ComponentInput(_page.Id, $"Part {i}", ComponentStatus.Operational));
        var ids = (await _app.DeliveriesAsync()).Select(d => d.Id).ToList();
        Assert.Equal(40, ids.Count);

        await Task.WhenAll(ids.Append(999_999).Select(_app.RunJobAsync));

        var deliveries = await _app.DeliveriesAsync();
        Assert.All(deliveries, d => Assert.Equal(DeliveryState.Delivered, d.State));
        Assert.All(deliveries, d => Assert.Single(d.Attempts));
        Assert.Equal(
            deliveries.Select(d => d.RequestId.ToString()).Order(), receiver.Requests.Select(r => r.Header("X-Request-ID")!).Order());
    }

    [Fact]
    public async Task An_attempt_whose_process_died_is_written_down_and_does_not_count()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        var id = await DeliveryToAsync(receiver.Url);
        var claim = Assert.IsType<ClaimResult.Claimed>(await _app.Get<DeliveryStore>().ClaimAsync(id, "job")).Claim;
        Assert.Equal(DeliveryOutcomeKind.Nothing, (await _app.RunJobAsync(id)).Kind);

        // As far as its process is concerned: this one has never heard of it.
        _app.Get<DeliveryStore>().LetGo(claim);
        _app.Time.Advance(TimeSpan.FromMinutes(5));
        for (var i = 0; i < 3; i++)
        {
            await _app.RunJobAsync(id);
            _app.Time.Advance(TimeSpan.FromMinutes(10));
        }

        var delivery = await OnlyAsync();
        Assert.Equal(DeliveryState.Failed, delivery.State);
        Assert.Equal(
            [FailureKind.Cancelled, FailureKind.HttpStatus, FailureKind.HttpStatus, FailureKind.HttpStatus],
            delivery.Attempts.OrderBy(a => a.Number).Select(a => a.Failure));
        Assert.Equal(3, receiver.Requests.Count);
    }

    [Fact]
    public async Task A_result_that_comes_after_somebody_else_has_claimed_changes_nothing()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var id = await DeliveryToAsync(receiver.Url);
        var store = _app.Get<DeliveryStore>();
        var lost = Assert.IsType<ClaimResult.Claimed>(await store.ClaimAsync(id, null)).Claim;
        store.LetGo(lost);
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        await _app.RunJobAsync(id);

        var late = new SendResult { StartedAt = _app.Time.GetUtcNow(), Duration = TimeSpan.Zero, Failure = FailureKind.Timeout };
        Assert.Null(await store.RecordAsync(lost, late));
        Assert.Equal(DeliveryState.Delivered, (await OnlyAsync()).State);
    }

    [Fact]
    public async Task Gone_ends_the_delivery_and_switches_the_notification_off()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(410));
        var id = await DeliveryToAsync(receiver.Url);
        Assert.Equal(DeliveryOutcomeKind.Failed, (await _app.RunJobAsync(id)).Kind);

        var row = Assert.Single(await _app.Get<NotificationQueries>().ListAsync());
        Assert.False(row.Enabled);
        Assert.Contains("410", row.DisabledReason, StringComparison.Ordinal);
        Assert.Equal(_app.Now, row.DisabledAt);

        // What happens from now on is kept as skipped, with the reason.
        await _app.Get<ComponentService>().SetStatusAsync(_page.Components[0].Id, ComponentStatus.Degraded);
        var skipped = (await _app.DeliveriesAsync())[^1];
        Assert.Equal(DeliveryState.Skipped, skipped.State);
        Assert.Contains("410", skipped.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_guarded_address_ends_at_once_and_the_log_names_the_setting()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var database = TestDatabase.Sqlite();
        await using (var open = await CoreApp.StartAsync(database, keepDatabase: true))
        {
            var page = await open.SampleDataAsync();
            await open.NotificationAsync(receiver.Url);
            await open.Get<ComponentService>().SetStatusAsync(page.Components[0].Id, ComponentStatus.Degraded);
        }

        // The same rows under a console that does not let loopback through.
        await using var closed = await CoreApp.StartAsync(database, o => o.AllowedNetworks = []);
        var id = Assert.Single(await closed.DeliveriesAsync()).Id;
        Assert.Equal(DeliveryOutcomeKind.Failed, (await closed.RunJobAsync(id)).Kind);
        var delivery = Assert.Single(await closed.DeliveriesAsync());
        Assert.Equal(DeliveryState.Failed, delivery.State);
        var attempt = Assert.Single(delivery.Attempts);
        Assert.Equal(FailureKind.AddressRefused, attempt.Failure);
        Assert.Contains("Webhooks:AllowedNetworks", attempt.Error, StringComparison.Ordinal);
        Assert.Equal(0, receiver.Connections);
    }

    [Theory]
    [InlineData(429, "120", 120, 120)]
    [InlineData(503, "7200", 900, 900)]
    [InlineData(503, "1", 54, 66)]
    [InlineData(429, "soon", 54, 66)]
    [InlineData(500, "120", 54, 66)]
    public async Task The_wait_is_the_longer_of_backoff_and_a_bounded_retry_after(int status, string retryAfter, double atLeast, double atMost)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(status, "", ("Retry-After", retryAfter)));
        var id = await DeliveryToAsync(receiver.Url);
        await _app.RunJobAsync(id);
        Assert.InRange(((await OnlyAsync()).DueAt!.Value - _app.Now).TotalSeconds, atLeast, atMost);
    }

    [Fact]
    public async Task An_edit_counts_for_what_is_still_pending()
    {
        await using var old = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var renewed = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        var id = await DeliveryToAsync(old.Url);
        await _app.RunJobAsync(id);

        var notifications = _app.Get<NotificationService>();
        var detail = (await _app.Get<NotificationQueries>().FindAsync(1))!;
        await notifications.UpdateAsync(detail.Id, detail.Version, new NotificationInput(
            "webhook", "Renewed", new(renewed.Url.AbsoluteUri, "another"), new(detail.Subscription.Events)));
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        await _app.RunJobAsync(id);

        var request = Assert.Single(renewed.Requests);
        Assert.True(DocumentVerifier.Verify(request.Body, request.Header("X-Webhook-Signature")!, "another"));
        Assert.Equal(old.Requests[0].Header("X-Request-ID"), request.Header("X-Request-ID"));
        Assert.Equal(old.Requests[0].Body, request.Body);
    }

    [Fact]
    public async Task Standard_Webhooks_switched_on_counts_for_what_is_still_pending()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        var id = await DeliveryToAsync(receiver.Url);
        await _app.RunJobAsync(id);
        var detail = (await _app.Get<NotificationQueries>().FindAsync(1))!;
        await _app.Get<NotificationService>().UpdateAsync(detail.Id, detail.Version, new NotificationInput(
            "webhook", detail.Name, new(receiver.Url.AbsoluteUri) { Options = new() { StandardWebhooks = true } },
            new(detail.Subscription.Events)));
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        await _app.RunJobAsync(id);

        Assert.Null(receiver.Requests[0].Header("webhook-id"));
        var second = receiver.Requests[1];
        Assert.Equal(second.Header("X-Request-ID"), second.Header("webhook-id"));
        Assert.Equal($"{_app.Time.GetUtcNow().ToUnixTimeSeconds()}", second.Header("webhook-timestamp"));
        Assert.StartsWith("v1,", second.Header("webhook-signature"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_is_pending_when_its_notification_goes_is_skipped_and_the_log_stays(bool deleted)
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        var id = await DeliveryToAsync(receiver.Url);
        await _app.RunJobAsync(id);
        if (deleted)
            await _app.Get<NotificationService>().DeleteAsync(1);
        else
            await _app.Get<NotificationService>().SetEnabledAsync(1, false);
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal(DeliveryOutcomeKind.Nothing, (await _app.RunJobAsync(id)).Kind);

        var delivery = await OnlyAsync();
        Assert.Equal(DeliveryState.Skipped, delivery.State);
        Assert.Contains(deleted ? "deleted" : "switched off", delivery.Reason, StringComparison.Ordinal);
        Assert.Single(delivery.Attempts);
        Assert.Single(receiver.Requests);
        Assert.Equal("Receiver", delivery.NotificationName);
    }

    [Fact]
    public async Task A_redelivery_is_a_new_round_of_the_same_delivery()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        var id = await DeliveryToAsync(receiver.Url);
        for (var i = 0; i < 3; i++)
        {
            await _app.RunJobAsync(id);
            _app.Time.Advance(TimeSpan.FromMinutes(10));
        }
        receiver.Script(ScriptedResponse.Status(200));
        await _app.Get<ATStatus.Core.Recovery.RedeliveryService>().RedeliverAsync(id);
        await Assert.ThrowsAsync<ATStatus.Core.Problems.IllegalTransitionException>(
            () => _app.Get<ATStatus.Core.Recovery.RedeliveryService>().RedeliverAsync(id));
        Assert.Equal(DeliveryOutcomeKind.Delivered, (await _app.RunJobAsync(id)).Kind);

        var delivery = await OnlyAsync();
        Assert.Equal([1, 2, 3, 4], delivery.Attempts.Select(a => a.Number).Order());
        Assert.Equal(AttemptTrigger.Redelivery, delivery.Attempts.Single(a => a.Number == 4).Trigger);
        Assert.Single(receiver.Requests.Select(r => r.Header("X-Request-ID")).Distinct());
    }

    [Fact]
    public async Task The_log_keeps_what_went_out_and_what_came_back_but_not_the_secret()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        var id = await DeliveryToAsync(receiver.Url, secret: "very-secret-secret");
        await _app.RunJobAsync(id);
        var attempt = Assert.Single((await OnlyAsync()).Attempts);
        var request = receiver.Requests[0];
        Assert.Contains($"X-Webhook-Signature: {request.Header("X-Webhook-Signature")}", attempt.RequestHeaders, StringComparison.Ordinal);
        Assert.Contains($"Content-Length: {request.Body.Length.ToString(CultureInfo.InvariantCulture)}", attempt.RequestHeaders, StringComparison.Ordinal);
        Assert.Equal(500, attempt.StatusCode);
        await using var db = _app.Open();
        Assert.DoesNotContain("very-secret-secret", db.Notifications.Single().Transport.ProtectedSecret, StringComparison.Ordinal);
        Assert.DoesNotContain("127.0.0.1", db.Notifications.Single().Transport.ProtectedUrl, StringComparison.Ordinal);
    }

    private async Task<long> DeliveryToAsync(Uri url, string? secret = "s3cret")
    {
        await _app.NotificationAsync(url, secret);
        await _app.Get<ComponentService>().SetStatusAsync(_page.Components[0].Id, ComponentStatus.MajorOutage);
        return (await OnlyAsync()).Id;
    }

    private async Task<Delivery> OnlyAsync() => Assert.Single(await _app.DeliveriesAsync());
}
