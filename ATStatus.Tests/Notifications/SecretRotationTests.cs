using System.Text;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Problems;
using ATStatus.Core.Signing;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using ReceivedRequest = ATStatus.Tests.Support.ReceivedRequest;

namespace ATStatus.Tests.Notifications;

/// <summary>A secret that is replaced goes on signing for as long as the operator said, over a real receiver with a fake clock.</summary>
public sealed class SecretRotationTests : IAsyncLifetime
{
    private const string First = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
    private const string Second = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";
    private const string Third = "a third, by hand";
    private LoopbackReceiver _receiver = null!;
    private CoreApp _app = null!;
    private StatusPage _page = null!;
    private int _id;
    private bool _down;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _receiver = LoopbackReceiver.Start();
        _app = await CoreApp.StartAsync();
        _page = await _app.SampleDataAsync();
        _id = await _app.NotificationAsync(_receiver.Url, First, events: EventType.ComponentStatusChanged);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        await _receiver.DisposeAsync();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(24)]
    [InlineData(7 * 24)]
    public async Task During_the_overlap_both_sign_and_at_its_end_only_the_new_one(int hours)
    {
        var overlap = TimeSpan.FromHours(hours);
        await RotateAsync(Second, overlap);
        Assert.Equal(_app.Now + overlap, (await SavedAsync()).PreviousSecretUntil);
        AssertSigned(await NextAsync(), Second, First);

        _app.Time.Advance(overlap - TimeSpan.FromTicks(1));
        AssertSigned(await NextAsync(), Second, First);
        _app.Time.Advance(TimeSpan.FromTicks(1));
        AssertSigned(await NextAsync(), Second, null);
        Assert.Null((await SavedAsync()).PreviousSecretUntil);
        Assert.Null(Assert.Single(await _app.Get<NotificationQueries>().ListAsync(Stop)).PreviousSecretUntil);
    }

    [Fact]
    public async Task Without_an_overlap_the_old_one_ends_at_once()
    {
        await RotateAsync(Second, TimeSpan.Zero);

        AssertSigned(await NextAsync(), Second, null);
        Assert.Equal((null, null), await StoredAsync());
    }

    [Fact]
    public async Task Stop_now_ends_it_and_nothing_of_it_stays()
    {
        await RotateAsync(Second, TimeSpan.FromDays(7));
        await EditAsync(input => input.WithTransport(t => t with { EndOverlap = true }));

        AssertSigned(await NextAsync(), Second, null);
        Assert.Equal((null, null), await StoredAsync());
    }

    [Fact]
    public async Task Another_edit_leaves_it_running()
    {
        await RotateAsync(Second, TimeSpan.FromDays(1));
        var until = (await SavedAsync()).PreviousSecretUntil;
        await EditAsync(input => input.WithTransport(t => t with { SecretOverlap = TimeSpan.FromDays(7) }) with { Name = "Renamed" });

        Assert.Equal(until, (await SavedAsync()).PreviousSecretUntil);
        AssertSigned(await NextAsync(), Second, First);
    }

    [Fact]
    public async Task A_second_rotation_ends_the_first_one_s()
    {
        await RotateAsync(Second, TimeSpan.FromDays(7));
        await RotateAsync(Third, TimeSpan.FromDays(1));

        var request = await NextAsync();
        AssertSigned(request, Third, Second);
        Assert.False(DocumentVerifier.Verify(request.Body, request.Header("X-Webhook-Signature-Previous")!, First));
        _app.Time.Advance(TimeSpan.FromDays(1));
        AssertSigned(await NextAsync(), Third, null);
    }

    [Fact]
    public async Task Removing_the_secret_ends_both()
    {
        await RotateAsync(Second, TimeSpan.FromDays(7));
        await EditAsync(input => input.WithTransport(t => t with { RemoveSecret = true }));

        AssertSigned(await NextAsync(), null, null);
        Assert.Equal((null, null), await StoredAsync());
        // What comes later replaces nothing.
        await RotateAsync(Third, TimeSpan.FromDays(7));
        AssertSigned(await NextAsync(), Third, null);
    }

    [Fact]
    public async Task What_is_pending_or_waits_for_a_retry_is_sent_with_both()
    {
        _receiver.Script(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        var retrying = await RaiseAsync();
        await _app.RunJobAsync(retrying);
        AssertSigned(_receiver.Requests[0], First, null);
        var pending = await RaiseAsync();

        await RotateAsync(Second, TimeSpan.FromHours(1));
        await _app.RunJobAsync(pending);
        _app.Time.Advance(TimeSpan.FromMinutes(2));
        await _app.RunJobAsync(retrying);

        Assert.Equal(3, _receiver.Requests.Count);
        AssertSigned(_receiver.Requests[1], Second, First);
        AssertSigned(_receiver.Requests[2], Second, First);
        Assert.Equal(_receiver.Requests[0].Body, _receiver.Requests[2].Body);
    }

    [Theory]
    [InlineData(-1, false)]
    [InlineData(0, true)]
    [InlineData(7 * 24 * 60, true)]
    [InlineData(7 * 24 * 60 + 1, false)]
    public async Task The_overlap_is_at_most_seven_days(int minutes, bool accepted)
    {
        var rotating = RotateAsync(Second, TimeSpan.FromMinutes(minutes));
        if (accepted)
            await rotating;
        else
            Assert.Contains("at most 7 days", (await Assert.ThrowsAsync<InvalidInputException>(() => rotating)).Errors["SecretOverlap"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_pruner_removes_a_secret_that_has_ended_and_no_other()
    {
        await RotateAsync(Second, TimeSpan.FromHours(1));
        var version = (await SavedAsync()).Version;
        var retention = _app.Get<DeliveryRetention>();

        _app.Time.Advance(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1));
        await retention.PruneAsync(Stop);
        Assert.NotNull((await StoredAsync()).Secret);
        _app.Time.Advance(TimeSpan.FromTicks(1));
        await retention.PruneAsync(Stop);

        Assert.Equal((null, null), await StoredAsync());
        // Whoever has the form open meets nobody else's change.
        Assert.Equal(version, (await SavedAsync()).Version);
        AssertSigned(await NextAsync(), Second, null);
    }

    [Fact]
    public void The_verifier_below_accepts_the_specification_s_vector() => Assert.True(StandardWebhooksVerifier.Verify(
        "msg_p5jXN8AQM9LWM0D4loKWxJek", "1614265330", Encoding.UTF8.GetBytes("{\"test\": 2432232314}"),
        "v1,Ceo5qEr07ixe2NLpvHk3FH9bwy/WavXrAFQ/9tdO6mc= v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=", First));

    [Fact]
    public async Task Standard_Webhooks_receivers_verify_with_either_secret_in_one_header_the_newest_first()
    {
        await EditAsync(input => input.WithTransport(
            t => t with { Secret = Second, SecretOverlap = TimeSpan.FromDays(1), Options = new() { StandardWebhooks = true } }));

        var both = await NextAsync();
        Assert.True(StandardWebhooksVerifier.Verify(both, Second));
        Assert.True(StandardWebhooksVerifier.Verify(both, First));
        Assert.False(StandardWebhooksVerifier.Verify(both, "whsec_" + Convert.ToBase64String("neither of the two"u8)));
        Assert.Equal(
            string.Join(' ', new[] { Second, First }.Select(secret => StandardWebhooksSignature.Compute(
                both.Header("webhook-id")!, _app.Time.GetUtcNow().ToUnixTimeSeconds(), both.Body, secret))),
            both.Header("webhook-signature"));
        Assert.Single(both.Headers, h => h.Key == "webhook-signature");
        AssertSigned(both, Second, First);

        _app.Time.Advance(TimeSpan.FromDays(1));
        var after = await NextAsync();
        Assert.True(StandardWebhooksVerifier.Verify(after, Second));
        Assert.False(StandardWebhooksVerifier.Verify(after, First));
        Assert.DoesNotContain(' ', after.Header("webhook-signature")!);
    }

    [Fact]
    public async Task A_test_signs_as_deliveries_would_after_a_save()
    {
        var tests = _app.Get<TestSendService>();
        var test = new TestSend(_id, "webhook", "Receiver", new(_receiver.Url.AbsoluteUri, Second), EventType.IncidentCreated);

        await tests.SendAsync(test, Stop);
        AssertSigned(_receiver.Requests[^1], Second, null);
        await tests.SendAsync(test with { Transport = test.Transport with { SecretOverlap = TimeSpan.FromDays(1) } }, Stop);
        AssertSigned(_receiver.Requests[^1], Second, First);

        await RotateAsync(Second, TimeSpan.FromDays(1));
        await tests.SendSavedAsync(_id, EventType.IncidentCreated, Stop);
        AssertSigned(_receiver.Requests[^1], Second, First);
        await tests.SendAsync(test with { Transport = test.Transport with { Secret = null } }, Stop);
        AssertSigned(_receiver.Requests[^1], Second, First);
        await tests.SendAsync(test with { Transport = test.Transport with { Secret = null, EndOverlap = true } }, Stop);
        AssertSigned(_receiver.Requests[^1], Second, null);
        await tests.SendAsync(test with { Transport = test.Transport with { Secret = null, RemoveSecret = true } }, Stop);
        AssertSigned(_receiver.Requests[^1], null, null);
        await tests.SendAsync(test with { Transport = test.Transport with { Secret = Third, SecretOverlap = TimeSpan.FromDays(1) } }, Stop);
        AssertSigned(_receiver.Requests[^1], Third, Second);
    }

    [Fact]
    public async Task A_secret_whose_keys_are_gone_does_not_sign_beside_the_one_entered_anew()
    {
        await LoseTheKeysAsync();
        var test = await _app.Get<TestSendService>().SendAsync(
            new TestSend(
                _id, "webhook", "Receiver", new(_receiver.Url.AbsoluteUri, Second) { SecretOverlap = TimeSpan.FromDays(1) },
                EventType.IncidentCreated),
            Stop);
        Assert.Null(test.Result.Failure);
        await RotateAsync(Second, TimeSpan.FromDays(1));

        AssertSigned(await NextAsync(), Second, null);
        Assert.Equal((null, null), await StoredAsync());
    }

    private static void AssertSigned(ReceivedRequest request, string? secret, string? previous)
    {
        foreach (var (name, key) in new[] { ("X-Webhook-Signature", secret), ("X-Webhook-Signature-Previous", previous) })
        {
            if (key is null)
                Assert.Null(request.Header(name));
            else
                Assert.True(DocumentVerifier.Verify(request.Body, request.Header(name)!, key), $"{name} is not of '{key}'.");
        }
    }

    private Task RotateAsync(string secret, TimeSpan overlap) =>
        EditAsync(input => input.WithTransport(t => t with { Secret = secret, SecretOverlap = overlap }));

    private async Task EditAsync(Func<NotificationInput, NotificationInput> change)
    {
        var saved = await SavedAsync();
        await _app.Get<NotificationService>().UpdateAsync(_id, saved.Version, change(new NotificationInput(
            "webhook", saved.Name, new(_receiver.Url.AbsoluteUri) { Options = new() { StandardWebhooks = saved.Options.StandardWebhooks } },
            new(saved.Subscription.Events))), Stop);
    }

    private async Task<NotificationDetail> SavedAsync() => (await _app.Get<NotificationQueries>().FindAsync(_id, Stop))!;

    private async Task<(string? Secret, DateTime? Until)> StoredAsync()
    {
        await using var db = _app.Open();
        return await db.Notifications
            .Select(n => ValueTuple.Create(n.Transport.PreviousProtectedSecret, n.Transport.PreviousSecretUntil)).SingleAsync(Stop);
    }

    private async Task LoseTheKeysAsync()
    {
        await using var db = _app.Open();
        // As if the rows had come from another database: protected by a key that is not here.
        await db.Notifications.ExecuteUpdateAsync(
            row => row.SetProperty(n => n.Transport.ProtectedSecret, "CfDJ8AAAAAAAAAAAAAAAAAAAAAA"), Stop);
    }

    /// <summary>The next delivery's request.</summary>
    private async Task<ReceivedRequest> NextAsync()
    {
        await _app.RunJobAsync(await RaiseAsync());
        return _receiver.Requests[^1];
    }

    private async Task<long> RaiseAsync()
    {
        _down = !_down;
        await _app.Get<ComponentService>().SetStatusAsync(
            _page.Components[0].Id, _down ? ComponentStatus.MajorOutage : ComponentStatus.Operational, cancellationToken: Stop);
        return (await _app.DeliveriesAsync()).Where(d => !d.IsTest).Max(d => d.Id);
    }
}
