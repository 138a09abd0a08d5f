using System.Net;
using ATStatus.Core.Deliveries;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Recovery;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Hangfire;
using Hangfire.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.EndToEnd;

/// <summary>Delete in the Hangfire dashboard, pressed in the whole program: the delivery is cancelled, and no sweep brings it back.</summary>
public sealed class DashboardDeletionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_retry_that_is_scheduled_is_cancelled_with_its_job()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var app = await ConsoleApp.StartAsync();
        var id = await DeliveryToAsync(app, receiver.Url);
        await StateAsync(app, id, DeliveryState.Retrying);
        await Eventually.TrueAsync(() => Jobs(app).ScheduledCount() == 1);
        // What the dashboard counts and lists as Retries.
        Assert.Equal([Jobs(app).ScheduledJobs(0, 1)[0].Key], Retries(app));

        await DeleteAsync(app, "scheduled", Jobs(app).ScheduledJobs(0, 1)[0].Key);
        Assert.Empty(Retries(app));

        Assert.Equal((DeliveryState.Skipped, "Cancelled in the dashboard"), await RowAsync(app, id));
        await app.Services.GetServices<Microsoft.Extensions.Hosting.IHostedService>().OfType<Sweeper>().Single().SweepAsync(false, Stop);
        Assert.Equal((DeliveryState.Skipped, "Cancelled in the dashboard"), await RowAsync(app, id));
        Assert.Equal(0, Jobs(app).ScheduledCount());
        Assert.Single(receiver.Requests);

        // Requeued there, it begins a new round.
        receiver.Script(ScriptedResponse.Status(200));
        app.Services.GetRequiredService<IBackgroundJobClient>().Requeue(Jobs(app).DeletedJobs(0, 1)[0].Key);
        await StateAsync(app, id, DeliveryState.Delivered);
    }

    private static HashSet<string> Retries(ConsoleApp app)
    {
        using var connection = app.Services.GetRequiredService<JobStorage>().GetConnection();
        return connection.GetAllItemsFromSet("retries");
    }

    [Theory]
    [InlineData(200)]
    [InlineData(500)]
    public async Task An_attempt_under_way_finishes_and_is_recorded(int status)
    {
        var signal = new TaskCompletionSource();
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(500));
        await using var app = await ConsoleApp.StartAsync();
        var id = await DeliveryToAsync(app, receiver.Url);
        await StateAsync(app, id, DeliveryState.Retrying);
        // In a job of its own, which runs as long as the attempt does; an event's job goes on without what is slow.
        receiver.Script(ScriptedResponse.Status(status, "late").After(signal.Task));
        await app.Services.GetRequiredService<RedeliveryService>().SendNowAsync(id, Stop);
        await receiver.WaitForAsync(2);
        var job = Jobs(app).ProcessingJobs(0, 10).Single().Key;

        await DeleteAsync(app, "processing", job);
        Assert.Equal("Deleted", Jobs(app).JobDetails(job).History[0].StateName);
        Assert.Equal("Cancelled in the dashboard", (await FindAsync(app, id)).CancelReason);
        if (status == 500)
            await DeletionIsNoticedAsync(app);
        signal.SetResult();

        await Eventually.TrueAsync(async () => (await FindAsync(app, id)).Row.State.IsSettled());
        Assert.Equal(status == 200 ? (DeliveryState.Delivered, null) : (DeliveryState.Skipped, "Cancelled in the dashboard"), await RowAsync(app, id));
        Assert.Equal([(500, ""), (status, "late")], (await FindAsync(app, id)).Attempts.OrderBy(a => a.Number).Select(a => (a.StatusCode, a.ResponseBody)));
    }

    [Fact]
    public async Task The_job_of_an_earlier_round_says_nothing_about_the_delivery_and_neither_does_the_engine()
    {
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200));
        await using var app = await ConsoleApp.StartAsync();
        var id = await DeliveryToAsync(app, receiver.Url);
        await StateAsync(app, id, DeliveryState.Delivered);
        await Eventually.TrueAsync(() => Jobs(app).SucceededListCount() == 1);
        var first = Jobs(app).SucceededJobs(0, 1)[0].Key;
        await app.Services.GetRequiredService<SendingPauseService>().PauseAsync(new Actor("op"), Stop);
        await app.Services.GetRequiredService<RedeliveryService>().RedeliverAsync(id, Stop);
        // Its job finds the pause; the engine does it away, and the row waits.
        await Eventually.TrueAsync(async () => (await FindAsync(app, id)).Row.Hold == HoldReason.Paused);
        await Eventually.TrueAsync(() => Jobs(app).DeletedListCount() == 1);

        await DeleteAsync(app, "succeeded", first);

        Assert.Equal((DeliveryState.Pending, null), await RowAsync(app, id));
        await app.Services.GetRequiredService<SendingPauseService>().ResumeAsync(Stop);
        await StateAsync(app, id, DeliveryState.Delivered);
        Assert.Equal(2, receiver.Requests.Count);
    }

    /// <summary>Hangfire looks every few seconds whether running jobs were deleted, and fires their tokens. Waits until it has looked.</summary>
    private static async Task DeletionIsNoticedAsync(ConsoleApp app)
    {
        Noticing.Begun = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Noticing.Noticed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        var jobs = app.Services.GetRequiredService<IBackgroundJobClient>();
        var id = jobs.Create(Hangfire.Common.Job.FromExpression(() => Noticing.RunAsync(CancellationToken.None)), new Hangfire.States.EnqueuedState(QueueNames.Own));
        await Noticing.Begun.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
        jobs.Delete(id);
        await Noticing.Noticed.Task.WaitAsync(TimeSpan.FromSeconds(30), Stop);
    }

    /// <summary>A job that runs until it is deleted.</summary>
    public static class Noticing
    {
        internal static TaskCompletionSource Begun { get; set; } = new();

        internal static TaskCompletionSource Noticed { get; set; } = new();

        public static async Task RunAsync(CancellationToken stop)
        {
            Begun.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Noticed.TrySetResult();
        }
    }

    /// <summary>As the dashboard's button does: one of its own commands, with the token of its page.</summary>
    private static async Task DeleteAsync(ConsoleApp app, string list, string jobId)
    {
        using var admin = await app.SignedInAsync();
        var page = await admin.GetStringAsync($"hangfire/jobs/{list}", Stop);
        var request = new HttpRequestMessage(HttpMethod.Post, $"hangfire/jobs/{(list == "succeeded" ? "actions" : list)}/delete")
        {
            Content = new FormUrlEncodedContent([KeyValuePair.Create("jobs[]", jobId)]),
        };
        if (list == "succeeded")
            request = new HttpRequestMessage(HttpMethod.Post, $"hangfire/jobs/actions/delete/{jobId}");
        if (System.Text.RegularExpressions.Regex.Match(page, "csrf-header\" content=\"([^\"]+)\".*?csrf-token\" content=\"([^\"]+)\"", System.Text.RegularExpressions.RegexOptions.Singleline)
            is { Success: true } token)
            request.Headers.Add(token.Groups[1].Value, token.Groups[2].Value);
        using var response = await admin.SendAsync(request, Stop);
        Assert.True(response.StatusCode is HttpStatusCode.NoContent or HttpStatusCode.OK, $"{response.StatusCode}");
    }

    private static async Task<long> DeliveryToAsync(ConsoleApp app, Uri url)
    {
        await app.Services.GetRequiredService<SampleData>().LoadAsync(Stop);
        await app.Services.GetRequiredService<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Receiver", new(url.AbsoluteUri), new([EventType.ComponentCreated])), Stop);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var page = await db.StatusPages.Select(p => p.Id).SingleAsync(Stop);
        await app.Services.GetRequiredService<ComponentService>().CreateAsync(new ComponentInput(page, "New", ComponentStatus.Operational), Stop);
        return (await app.Services.GetRequiredService<DeliveryQueries>().PageAsync(new DeliveryFilter(), null, null, 1, cancellationToken: Stop)).Rows[0].Id;
    }

    private static IMonitoringApi Jobs(ConsoleApp app) => app.Services.GetRequiredService<JobStorage>().GetMonitoringApi();

    private static async Task<DeliveryDetail> FindAsync(ConsoleApp app, long id) => (await app.Services.GetRequiredService<DeliveryQueries>().FindAsync(id, Stop))!;

    private static async Task<(DeliveryState State, string? Reason)> RowAsync(ConsoleApp app, long id) =>
        await FindAsync(app, id) is { } found ? (found.Row.State, found.Row.Reason) : default;

    private static Task StateAsync(ConsoleApp app, long id, DeliveryState state) =>
        Eventually.TrueAsync(async () => (await FindAsync(app, id)).Row.State == state);
}
