using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Recovery;
using ATStatus.Tests.Support;
using Microsoft.EntityFrameworkCore;

namespace ATStatus.Tests.Recovery;

/// <summary>What tests of recoveries have in common.</summary>
internal static class RecoverySteps
{
    public const int Batch = 20;

    public static readonly Actor Ada = new("ada@example.com");

    public static readonly Uri Nowhere = new("http://127.0.0.1:9/hook");

    public static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>One that takes few at a time, so that there are many batches.</summary>
    public static RecoveryRunner Runner(CoreApp app)
    {
        var runner = app.Get<RecoveryRunner>();
        runner.BatchSize = Batch;
        return runner;
    }

    public static async Task<List<Delivery>> RowsAsync(CoreApp app)
    {
        await using var db = app.Open();
        return await db.Deliveries.AsNoTracking().OrderBy(d => d.Id).ToListAsync(Stop);
    }

    /// <summary>Steps until nothing is under way. Where nobody sends, what waits can be let go so that there is room.</summary>
    public static Task RunToEndAsync(CoreApp app, TimeSpan? limit = null, bool release = false) => Eventually.TrueAsync(
        async () =>
        {
            if (release)
            {
                await using var db = app.Open();
                await db.Deliveries.Where(d => d.Hold != null).ExecuteUpdateAsync(row => row.SetProperty(d => d.Hold, (HoldReason?)null), Stop);
            }
            return !await Runner(app).StepAsync(Stop);
        },
        limit);

    public static async Task AddSkippedAsync(CoreApp app, int notificationId, int count, int? component = null)
    {
        await using var db = app.Open();
        db.ChangeTracker.AutoDetectChangesEnabled = false;
        var notification = await db.Notifications.AsNoTracking().SingleAsync(n => n.Id == notificationId, Stop);
        var storedEvent = NewEvent(app, component ?? 0);
        db.Events.Add(storedEvent);
        for (var i = 0; i < count; i++)
        {
            var delivery = Delivery.For(storedEvent, notification, app.Now);
            if (component is { } subject)
                delivery.Subject = $"component/{subject}";
            delivery.Skip(app.Now, SkipCause.NotificationOff, "off");
            db.Deliveries.Add(delivery);
        }
        await db.SaveChangesAsync(Stop);
    }

    public static StoredEvent NewEvent(CoreApp app, int subject = 0) => new()
    {
        Type = EventType.ComponentCreated,
        OccurredAt = app.Now,
        StatusPageId = 1,
        SubjectId = subject,
        Title = "x",
        Payload = "{}"u8.ToArray(),
    };
}
