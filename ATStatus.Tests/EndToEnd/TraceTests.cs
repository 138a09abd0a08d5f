using System.Diagnostics;
using System.Text;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Hangfire;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>A trace leads from a save to its POSTs, over the database and Hangfire, and nothing of it goes out with them.</summary>
public sealed class TraceTests : IAsyncLifetime
{
    private const string Secret = "whsec_not-for-traces-0123456789";
    private readonly Traced _traced = new();
    private ConsoleApp _app = null!;
    private int _page;

    public async ValueTask InitializeAsync()
    {
        _app = await StartAsync();
        await Get<SampleData>().LoadAsync();
        _page = (await Get<StatusPageQueries>().PagesAsync())[0].Id;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.DisposeAsync();
        _traced.Dispose();
    }

    [Fact]
    public async Task From_the_save_to_the_POST_and_to_its_retry()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(503), ScriptedResponse.Status(200));
        await SubscribeAsync(receiver.UrlFor("127.0.0.1", "/token-in-the-path?key=in-the-query"));
        using (var test = Traced.Begin())
        {
            test.AddBaggage("tenant", "a");
            test.TraceStateString = "vendor=1";
            await IncidentAsync();
            test.Stop();
            var trace = await _traced.WaitForAsync(test.TraceId, 7);

            Assert.Equal(["save", "hand over", "send event", "deliver", "POST", "deliver", "POST"], trace.Select(a => a.OperationName));
            var (save, handOver, run, first, firstPost, second, secondPost) = (trace[0], trace[1], trace[2], trace[3], trace[4], trace[5], trace[6]);
            Assert.Equal(test.SpanId, save.ParentSpanId);
            Assert.Equal(save.SpanId, handOver.ParentSpanId);
            Assert.Equal([handOver.SpanId, run.SpanId, handOver.SpanId], [run.ParentSpanId, first.ParentSpanId, second.ParentSpanId]);
            Assert.Equal([first.SpanId, second.SpanId], [firstPost.ParentSpanId, secondPost.ParentSpanId]);
            Assert.Empty(first.Links);
            Assert.Equal(first.SpanId, Assert.Single(second.Links).Context.SpanId);
            Assert.Equal(
                [ActivityKind.Internal, ActivityKind.Producer, ActivityKind.Consumer, ActivityKind.Internal, ActivityKind.Client, ActivityKind.Consumer],
                trace.Take(6).Select(a => a.Kind));

            Assert.Equal(("incident", 1, 1), (save.GetTagItem("atstatus.save.subject"), save.GetTagItem("atstatus.events"), save.GetTagItem("atstatus.deliveries")));
            var id = first.GetTagItem("atstatus.delivery.id");
            Assert.IsType<long>(id);
            Assert.All(trace.Skip(3), a => Assert.Equal(id, a.GetTagItem("atstatus.delivery.id")));
            Assert.IsType<long>(handOver.GetTagItem("atstatus.event.id"));
            Assert.Equal(handOver.GetTagItem("atstatus.event.id"), run.GetTagItem("atstatus.event.id"));
            Assert.All(trace.Skip(3), a => Assert.Equal("incident.created", a.GetTagItem("atstatus.event.type")));
            Assert.Equal([1, 1, 2, 2], trace.Skip(3).Select(a => (int)a.GetTagItem("atstatus.attempt.number")!));
            Assert.Equal(["retrying", "delivered"], [first.GetTagItem("atstatus.delivery.state"), second.GetTagItem("atstatus.delivery.state")]);
            Assert.Equal([503, 200], [firstPost.GetTagItem("http.response.status_code"), secondPost.GetTagItem("http.response.status_code")]);
            Assert.Equal(("http_status", null), (firstPost.GetTagItem("error.type"), secondPost.GetTagItem("error.type")));
            Assert.Equal(
                [ActivityStatusCode.Unset, ActivityStatusCode.Error, ActivityStatusCode.Unset], [save.Status, firstPost.Status, secondPost.Status]);
            Assert.Equal(("127.0.0.1", receiver.Port), (firstPost.GetTagItem("server.address"), firstPost.GetTagItem("server.port")));
            AssertNothingSecret(trace);
        }

        // Contract section 1: no header of tracing, and no other either.
        string[] headers = ["Content-Length", "Content-Type", "Host", "User-Agent", "X-Request-ID", "X-Webhook-Event", "X-Webhook-Signature"];
        Assert.Equal(2, receiver.Requests.Count);
        Assert.All(receiver.Requests, r => Assert.Equal(headers, r.Headers.Select(h => h.Key).Order(StringComparer.Ordinal)));
    }

    [Fact]
    public async Task A_delivery_that_waited_for_another_s_end_is_in_the_trace_of_its_own_save()
    {
        var answer = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200).After(answer.Task), ScriptedResponse.Status(200));
        await SubscribeAsync(receiver.Url);
        using var first = Traced.Begin();
        await IncidentAsync();
        first.Stop();
        await receiver.WaitForAsync(1);
        using var second = Traced.Begin();
        await IncidentAsync();
        second.Stop();

        answer.SetResult();
        Assert.Equal(["save", "hand over", "send event", "deliver", "POST"], (await _traced.WaitForAsync(second.TraceId, 5)).Select(a => a.OperationName));
        Assert.Equal(["save", "hand over", "send event", "deliver", "POST"], (await _traced.WaitForAsync(first.TraceId, 5)).Select(a => a.OperationName));
    }

    [Fact]
    public async Task Redeliver_begins_a_trace_that_is_linked_to_the_attempt_that_failed()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500), ScriptedResponse.Status(500), ScriptedResponse.Status(200));
        await SubscribeAsync(receiver.Url);
        using var save = Traced.Begin();
        await IncidentAsync();
        save.Stop();
        var failed = await _traced.WaitForAsync(save.TraceId, 7);
        var delivery = (long)failed[3].GetTagItem("atstatus.delivery.id")!;
        await Eventually.TrueAsync(() => Get<JobStorage>().GetMonitoringApi().FailedCount() == 1);

        using var again = Traced.Begin();
        await Get<RedeliveryService>().RedeliverAsync(delivery);
        again.Stop();

        var trace = await _traced.WaitForAsync(again.TraceId, 4);
        Assert.Equal(["redeliver", "hand over", "deliver", "POST"], trace.Select(a => a.OperationName));
        Assert.Equal(trace[1].SpanId, trace[2].ParentSpanId);
        Assert.Equal((save.TraceId, failed[5].SpanId), (Assert.Single(trace[2].Links).Context.TraceId, trace[2].Links.Single().Context.SpanId));
        Assert.Equal(3, trace[3].GetTagItem("atstatus.attempt.number"));
        Assert.Equal(7, _traced.Of(save.TraceId).Count);
    }

    [Fact]
    public async Task Below_a_request_that_nobody_records_a_save_begins_a_trace_of_its_own_and_is_kept()
    {
        await using var receiver = LoopbackReceiver.Start();
        await SubscribeAsync(receiver.Url);
        // As the web framework makes one for each request and each circuit.
        using var request = new Activity("request").Start();
        Assert.False(request.Recorded);
        await IncidentAsync();
        Assert.Same(request, Activity.Current);
        request.Stop();

        await receiver.WaitForAsync(1);
        var port = receiver.Port;
        await Eventually.TrueAsync(() => _traced.With("server.port", port).Count == 1);
        var post = _traced.With("server.port", port)[0];
        Assert.NotEqual(request.TraceId, post.TraceId);
        var trace = await _traced.WaitForAsync(post.TraceId, 5);
        Assert.Equal(["save", "hand over", "send event", "deliver", "POST"], trace.Select(a => a.OperationName));
        Assert.Equal(default, trace[0].ParentSpanId);
    }

    [Fact]
    public async Task A_save_that_is_refused_is_told_as_failed_and_a_preview_not_at_all()
    {
        var id = await IncidentAsync();
        using var test = Traced.Begin();
        await Get<IncidentService>().PreviewCreateAsync(Incident(), new Actor("op"));
        Assert.Empty(_traced.Of(test.TraceId));

        await using (var work = await Get<EventOutbox>().BeginAsync())
        {
            var incident = await work.Db.Incidents.SingleAsync(i => i.Id == id);
            incident.Title = "Other";
            work.Db.Entry(incident).Property(i => i.Version).OriginalValue = 99;
            await Assert.ThrowsAsync<EditConflictException>(() => work.CommitAsync("incident"));
        }
        test.Stop();

        var save = Assert.Single(_traced.Of(test.TraceId));
        Assert.Equal(("save", ActivityStatusCode.Error), (save.OperationName, save.Status));
    }

    private static void AssertNothingSecret(IEnumerable<Activity> trace)
    {
        var recorded = new StringBuilder();
        foreach (var activity in trace)
        {
            recorded.Append(activity.DisplayName).Append(activity.StatusDescription);
            foreach (var (key, value) in activity.TagObjects)
                recorded.Append(key).Append('=').Append(value).Append('\n');
            Assert.Empty(activity.Events);
        }
        foreach (var secret in (string[])[Secret, "token-in-the-path", "in-the-query", "Private receiver", "API errors"])
            Assert.DoesNotContain(secret, recorded.ToString(), StringComparison.Ordinal);
    }

    private static Task<ConsoleApp> StartAsync() => ConsoleApp.StartAsync(new ConsoleAppOptions
    {
        Settings = new()
        {
            ["Webhooks:RetryBaseDelay"] = "00:00:01",
            ["Webhooks:RetryFactor"] = "1",
            ["Webhooks:RetryJitter"] = "0",
            ["Webhooks:MaxAttempts"] = "2",
            ["Webhooks:SendsPerNotification"] = "1",
        },
    });

    private T Get<T>() where T : notnull => _app.Services.GetRequiredService<T>();

    private Task<int> SubscribeAsync(Uri url) => Get<NotificationService>().CreateAsync(
        new NotificationInput("webhook", "Private receiver", new(url.AbsoluteUri, Secret), new([EventType.IncidentCreated])));

    private IncidentInput Incident() => new(_page, "API errors", IncidentSeverity.Major, IncidentStatus.Investigating, "We look into it.", []);

    private Task<int> IncidentAsync() => Get<IncidentService>().CreateAsync(Incident(), new Actor("op"));
}
