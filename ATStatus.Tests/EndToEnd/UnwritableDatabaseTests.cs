using System.Net;
using ATStatus.Core.Dispatch;
using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.StatusPages;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace ATStatus.Tests.EndToEnd;

/// <summary>The real console with deliveries that wait, over a database that cannot be written for a while.</summary>
public sealed class UnwritableDatabaseTests
{
    private const int Waiting = 120;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Sending_pauses_with_one_line_signing_in_fails_in_words_and_everything_goes_on_afterwards()
    {
        var fault = new UnwritableDatabase(UnwritableDatabase.Kind.ReadOnly);
        await using var receiver = LoopbackReceiver.Start();
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Configure = builder => fault.AddTo(builder.Services) });
        var page = await PrepareAsync(app, receiver);
        using var client = app.CreateClient();
        Assert.Equal("Healthy", await client.GetStringAsync("healthz/ready", Stop));
        var logged = app.Logs.Count;

        fault.IsArmed = true;
        // It makes the events' jobs; their claims meet the fault.
        await Record.ExceptionAsync(() => SweepAsync(app));
        await Eventually.TrueAsync(async () =>
        {
            using var ready = await client.GetAsync("healthz/ready", Stop);
            return ready.StatusCode == HttpStatusCode.ServiceUnavailable;
        });
        // Some looks later.
        var meetings = fault.Meetings;
        await Eventually.TrueAsync(() => fault.Meetings >= meetings + 3);
        Assert.Empty(receiver.Requests);
        var refused = await Assert.ThrowsAsync<DatabaseNotWritableException>(() => app.Services.GetRequiredService<ComponentService>()
            .CreateAsync(new ComponentInput(page, "Lost", ComponentStatus.Operational), Stop));
        Assert.Equal(DatabaseFault.ReadOnly, refused.Fault);
        using (var wrong = await client.SubmitAsync("login", "login", ("Input.Email", ConsoleApp.AdminEmail), ("Input.Password", "not the password")))
            Assert.NotEqual(HttpStatusCode.InternalServerError, wrong.StatusCode);
        using (var health = await client.GetAsync("healthz/live", Stop))
            Assert.Equal(HttpStatusCode.OK, health.StatusCode);
        await Eventually.TrueAsync(() => app.Logs.Skip(logged).Any(line => line.StartsWith("Error", StringComparison.Ordinal)));
        var error = Assert.Single(app.Logs.Skip(logged), line => line.StartsWith("Error", StringComparison.Ordinal) || line.StartsWith("Warning", StringComparison.Ordinal));
        Assert.Contains("The database is read-only. Nothing is saved or sent since ", error, StringComparison.Ordinal);

        fault.IsArmed = false;
        await AllDeliveredOnceAsync(app, receiver);
        await Eventually.TrueAsync(async () => (await client.GetAsync("healthz/ready", Stop)).IsSuccessStatusCode);
        await Eventually.TrueAsync(() => app.Logs.Any(line => line.Contains("The database can be written again.", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_disk_that_is_full_for_some_writes_costs_no_line_for_each_delivery_and_loses_none()
    {
        var fault = new UnwritableDatabase(UnwritableDatabase.Kind.Full);
        await using var receiver = LoopbackReceiver.Start(ScriptedResponse.Status(200, new string('x', 8_000)));
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Configure = builder => fault.AddTo(builder.Services) });
        await PrepareAsync(app, receiver);
        var logged = app.Logs.Count;

        fault.IsArmed = true;
        await SweepUnlessRefusedAsync(app);
        var database = app.Services.GetRequiredService<DatabaseWritability>();
        await Eventually.TrueAsync(() => !database.IsWritable);
        var meetings = fault.Meetings;
        await Eventually.TrueAsync(() => fault.Meetings >= meetings + 6);
        var errors = app.Logs.Skip(logged).Where(line => line.StartsWith("Error", StringComparison.Ordinal)).ToList();
        Assert.True(errors.Count <= 2, string.Join(Environment.NewLine, errors));

        fault.IsArmed = false;
        await AllDeliveredOnceAsync(app, receiver);
    }

    [Fact]
    public async Task A_console_stops_in_good_time_while_its_database_cannot_be_written()
    {
        var fault = new UnwritableDatabase(UnwritableDatabase.Kind.ReadOnly);
        await using var receiver = LoopbackReceiver.Start();
        await using var app = await ConsoleApp.StartAsync(new ConsoleAppOptions { Configure = builder => fault.AddTo(builder.Services) });
        await PrepareAsync(app, receiver);
        fault.IsArmed = true;
        await SweepUnlessRefusedAsync(app);
        await Eventually.TrueAsync(() => !app.Services.GetRequiredService<DatabaseWritability>().IsWritable);

        await app.StopAsync();

        Assert.DoesNotContain(app.Logs, line => line.Contains("could not be stopped", StringComparison.OrdinalIgnoreCase));
        Assert.Empty(receiver.Requests);
    }

    /// <summary>Deliveries that are due and have no job, as after a crash.</summary>
    private static async Task<int> PrepareAsync(ConsoleApp app, LoopbackReceiver receiver)
    {
        var page = await app.Services.GetRequiredService<StatusPageService>().CreateAsync(new StatusPageInput("Main", "main"), Stop);
        var id = await app.Services.GetRequiredService<NotificationService>().CreateAsync(
            new NotificationInput("webhook", "Receiver", new(receiver.Url.AbsoluteUri), new([EventType.IncidentCreated])), Stop);
        await using var db = await app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);
        var notification = await db.Notifications.SingleAsync(n => n.Id == id, Stop);
        var now = DateTime.UtcNow.AddMinutes(-1);
        for (var i = 0; i < Waiting; i++)
        {
            var storedEvent = new StoredEvent { Type = EventType.IncidentCreated, OccurredAt = now, SubjectId = i, Title = "An incident", Payload = "{}"u8.ToArray() };
            db.Deliveries.Add(Delivery.For(storedEvent, notification, now));
        }
        await db.SaveChangesAsync(Stop);
        return page;
    }

    private static Task<DateTime?> SweepAsync(ConsoleApp app) =>
        app.Services.GetServices<IHostedService>().OfType<Sweeper>().Single().SweepAsync(firstOfProcess: false, Stop);

    private static async Task SweepUnlessRefusedAsync(ConsoleApp app)
    {
        try
        {
            await SweepAsync(app);
        }
        catch (Exception e) when (DatabaseFaults.Of(e) is not null)
        {
            // The next look hands the rest over.
        }
    }

    private static async Task AllDeliveredOnceAsync(ConsoleApp app, LoopbackReceiver receiver)
    {
        var contexts = app.Services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>();
        await Eventually.TrueAsync(async () =>
        {
            await using var db = await contexts.CreateDbContextAsync(Stop);
            return await db.Deliveries.CountAsync(d => d.State == DeliveryState.Delivered, Stop) == Waiting;
        });
        await using var db = await contexts.CreateDbContextAsync(Stop);
        Assert.Equal(Waiting, await db.DeliveryAttempts.CountAsync(Stop));
        Assert.Equal(Waiting, receiver.Requests.Count);
    }
}
