using System.Text.RegularExpressions;
using ATStatus.Core.Deliveries;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.States;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The whole program over a real receiver: Hangfire's own retries, Requeue, Redeliver, hanging endpoints. Waits are shortened.</summary>
public sealed class RetryTests : IAsyncLifetime
{
    private static readonly Dictionary<string, string> Quick = new()
    {
        ["Webhooks:RetryBaseDelay"] = "00:00:01",
        ["Webhooks:RetryFactor"] = "2",
        ["Webhooks:RetryJitter"] = "0",
        ["Webhooks:Workers"] = "50",
        // So long that whoever hangs goes on hanging until the test is over.
        ["Webhooks:Timeout"] = "00:02:00",
    };

    private ConsoleApp _app = null!;
    private int _page;

    public async ValueTask InitializeAsync()
    {
        _app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Settings = Quick });
        await Get<SampleData>().LoadAsync();
        _page = (await Get<StatusPageQueries>().PagesAsync())[0].Id;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    [Fact]
    public async Task Hangfire_retries_by_itself_with_the_contracts_waits_and_shows_the_end_as_a_failed_job()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(503));
        await SubscribeAsync(receiver.Url);
        await IncidentAsync();
        var requests = await receiver.WaitForAsync(3);
        var delivery = await WaitForAsync(DeliveryState.Failed);

        // Never early. How late depends on the machine too, and is not for a test to judge.
        var first = requests[1].At - requests[0].At;
        var second = requests[2].At - requests[1].At;
        Assert.True(first >= TimeSpan.FromSeconds(1), $"The first wait was {first}.");
        Assert.True(second >= TimeSpan.FromSeconds(2), $"The second wait was {second}.");
        Assert.Single(requests.Select(r => r.Header("X-Request-ID")).Distinct());
        Assert.All(requests, r => Assert.Equal(requests[0].Body, r.Body));
        Assert.All(requests, r => Assert.True(DocumentVerifier.Verify(r.Body, r.Header("X-Webhook-Signature")!, "s3cret")));

        var monitoring = Get<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => monitoring.FailedCount() == 1);
        var job = Assert.Single(monitoring.FailedJobs(0, 10));
        Assert.Equal(delivery.Id, job.Value.Job.Args[0]);
        Assert.Single(job.Value.Job.Args);
        var history = monitoring.JobDetails(job.Key).History;
        var scheduled = history.Where(h => h.StateName == ScheduledState.StateName).Select(h => h.Reason).Reverse();
        Assert.Equal(["Retry attempt 2 of 3: http_status 503", "Retry attempt 3 of 3: http_status 503"], scheduled);
        var queues = history.Where(h => h.StateName == EnqueuedState.StateName).Select(h => h.Data["Queue"]).Reverse();
        Assert.Equal([QueueNames.Retries, QueueNames.Retries], queues);
        Assert.Equal(delivery.JobId, job.Key);

        // And then no more.
        Assert.Empty(monitoring.ScheduledJobs(0, 10));
        Assert.Equal(3, receiver.Requests.Count);
    }

    [Fact]
    public async Task Requeue_in_the_dashboard_begins_a_new_round_of_the_same_delivery()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(500), ScriptedResponse.Status(500), ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await SubscribeAsync(receiver.Url);
        await IncidentAsync();
        await WaitForAsync(DeliveryState.Failed);
        var monitoring = Get<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => monitoring.FailedCount() == 1);
        var job = monitoring.FailedJobs(0, 1)[0].Key;

        // What the dashboard's button does.
        using (var client = await _app.SignedInAsync())
        {
            var page = await client.GetStringAsync("hangfire/jobs/failed");
            Assert.Contains($"Deliver #{monitoring.FailedJobs(0, 1)[0].Value.Job.Args[0]}", page, StringComparison.Ordinal);
            using var request = new HttpRequestMessage(HttpMethod.Post, "hangfire/jobs/failed/requeue")
            {
                Content = new FormUrlEncodedContent([new("jobs[]", job)]),
            };
            request.Headers.Add(Meta(page, "csrf-header"), Meta(page, "csrf-token"));
            using var response = await client.SendAsync(request);
            Assert.True(response.IsSuccessStatusCode, response.StatusCode.ToString());
        }

        var delivery = await WaitForAsync(DeliveryState.Delivered);
        Assert.Equal([1, 2, 3, 4, 5], delivery.Attempts.Select(a => a.Number).Order());
        Assert.Equal(
            [AttemptTrigger.Event, AttemptTrigger.Retry, AttemptTrigger.Retry, AttemptTrigger.Redelivery, AttemptTrigger.Retry],
            delivery.Attempts.OrderBy(a => a.Number).Select(a => a.Trigger));
        Assert.Single(receiver.Requests.Select(r => r.Header("X-Request-ID")).Distinct());
        await Eventually.TrueAsync(() => monitoring.FailedCount() == 0 && monitoring.SucceededListCount() == 2);
    }

    [Fact]
    public async Task Redeliver_in_the_log_puts_the_failed_job_back()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(410), ScriptedResponse.Status(200));
        await SubscribeAsync(receiver.Url);
        await IncidentAsync();
        var failed = await WaitForAsync(DeliveryState.Failed);
        var monitoring = Get<JobStorage>().GetMonitoringApi();
        await Eventually.TrueAsync(() => monitoring.FailedCount() == 1);
        await Eventually.TrueAsync(async () => (await WaitForAsync(DeliveryState.Failed)).JobId == monitoring.FailedJobs(0, 1)[0].Key);

        // 410 has switched the notification off; redelivering says so until it is on again.
        await Assert.ThrowsAsync<ATStatus.Core.Problems.IllegalTransitionException>(() => Get<RedeliveryService>().RedeliverAsync(failed.Id));
        await Get<NotificationService>().SetEnabledAsync(1, true);
        await Get<RedeliveryService>().RedeliverAsync(failed.Id);
        await WaitForAsync(DeliveryState.Delivered);
        await Eventually.TrueAsync(() => monitoring.FailedCount() == 0 && monitoring.SucceededListCount() == 2);
        Assert.Equal(2, receiver.Requests.Count);
    }

    [Fact]
    public async Task Ten_hanging_endpoints_do_not_hold_up_an_eleventh()
    {
        await using var hanging = LoopbackReceiver.Start(ScriptedResponse.Stall());
        await using var healthy = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        for (var i = 0; i < 10; i++)
            await SubscribeAsync(hanging.UrlFor("127.0.0.1", $"/{i}"), $"Hanging {i}");
        await IncidentAsync();
        await hanging.WaitForAsync(10);
        await SubscribeAsync(healthy.Url, "Healthy");
        await IncidentAsync();
        await healthy.WaitForAsync(1);
        // Before any of the ten gave up and made room.
        Assert.Equal(hanging.Connections, hanging.OpenConnections);
    }

    [Fact]
    public async Task A_stop_lets_a_send_in_flight_finish_and_repeats_nothing()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answer.Task));
        await SubscribeAsync(receiver.Url);
        await IncidentAsync();
        await receiver.WaitForAsync(1);
        var stopping = _app.RestartAsync();
        answer.SetResult();
        await stopping;
        var delivery = await WaitForAsync(DeliveryState.Delivered);
        Assert.Single(delivery.Attempts);
        Assert.Single(receiver.Requests);
    }

    [Fact]
    public async Task Retries_go_on_after_a_restart_although_the_job_storage_forgot_them()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await SubscribeAsync(receiver.Url);
        await IncidentAsync();
        await WaitForAsync(DeliveryState.Retrying);
        await _app.RestartAsync();
        var delivery = await WaitForAsync(DeliveryState.Delivered);
        Assert.Equal(2, delivery.Attempts.Count);
        var requests = receiver.Requests;
        Assert.True(requests[1].At - requests[0].At >= TimeSpan.FromSeconds(1), "The retry came early.");
    }

    private static string Meta(string page, string name) => Regex.Match(page, $"<meta name=\"{name}\" content=\"([^\"]*)\"").Groups[1].Value;

    private T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    private Task<int> SubscribeAsync(Uri url, string name = "Receiver") => Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", name, new(url.AbsoluteUri, "s3cret"), new([EventType.IncidentCreated])));

    private Task<int> IncidentAsync() => Get<IncidentService>().CreateAsync(
        new IncidentInput(_page, "API errors 🚨", IncidentSeverity.Major, IncidentStatus.Investigating, "We look into it.", []), new Actor("op"));

    private async Task<Delivery> WaitForAsync(DeliveryState state)
    {
        var limit = DateTime.UtcNow.AddMinutes(1);
        while (true)
        {
            await using (var db = await Get<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync())
            {
                var delivery = await db.Deliveries.AsNoTracking().Include(d => d.Attempts).OrderByDescending(d => d.Id).FirstOrDefaultAsync();
                if (delivery?.State == state)
                    return delivery;
                Assert.True(DateTime.UtcNow < limit, $"The delivery is {delivery?.State} and did not become {state}.");
            }
            await Task.Delay(20);
        }
    }
}
