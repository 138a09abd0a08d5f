using ATStatus.Core.Events;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Persistence;
using ATStatus.Core.Sending;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ATStatus.Tests.Support;

/// <summary>A log without its being sent: rows of a day in January. Retention has to be switched off where it runs.</summary>
internal static class LogRows
{
    private static readonly DateTime At = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>One for each title, delivered at the second attempt, a minute apart.</summary>
    public static async Task AddAsync(IServiceProvider services, params string[] titles)
    {
        await using var db = await OpenAsync(services);
        var notification = await NotificationAsync(services, db);
        foreach (var (title, i) in titles.Select((t, i) => (t, i)))
        {
            var at = At.AddMinutes(i);
            var storedEvent = new StoredEvent { Type = EventType.IncidentCreated, OccurredAt = at, StatusPageId = 1, SubjectId = 1, Title = title, Payload = "{}"u8.ToArray() };
            var delivery = Delivery.For(storedEvent, notification, at);
            foreach (var (failure, status) in new[] { (FailureKind.HttpStatus, 503), ((FailureKind?)null, 200) })
            {
                delivery.Claim(Guid.NewGuid(), at, TimeSpan.FromMinutes(1), null);
                delivery.Record(
                    new SendResult { StartedAt = at, Duration = TimeSpan.FromMilliseconds(9), Failure = failure, StatusCode = status }, at.AddSeconds(1), 3, _ => TimeSpan.Zero);
            }
            db.Deliveries.Add(delivery);
            await db.SaveChangesAsync(Stop);
        }
    }

    /// <summary>So many in an empty log, numbered from 1, by the database itself.</summary>
    public static async Task FillAsync(IServiceProvider services, int count)
    {
        await AddAsync(services, "Checkout answers slowly in Frankfurt, as it did the week before");
        await using var db = await OpenAsync(services);
        await db.Database.ExecuteSqlAsync(
            $"""
            WITH RECURSIVE n(i) AS (SELECT 2 UNION ALL SELECT i + 1 FROM n WHERE i < {count})
            INSERT INTO Deliveries (EventId, EventType, NotificationId, NotificationName, Kind, RequestId, State, IsTest, CreatedAt, SettledAt, AttemptCount, RoundAttempts, IsRedelivery, Version, LastStatusCode)
            SELECT EventId, EventType, NotificationId, NotificationName, Kind, hex(randomblob(4)) || substr(RequestId, 9, 16) || hex(randomblob(6)), State, IsTest, CreatedAt, SettledAt, 1, 1, 0, 1, 200
            FROM n, (SELECT * FROM Deliveries ORDER BY Id LIMIT 1)
            """, Stop);
        Assert.Equal(count, await db.Deliveries.CountAsync(Stop));
    }

    private static Task<AtStatusDbContext> OpenAsync(IServiceProvider services) =>
        services.GetRequiredService<IDbContextFactory<AtStatusDbContext>>().CreateDbContextAsync(Stop);

    private static async Task<Notification> NotificationAsync(IServiceProvider services, AtStatusDbContext db)
    {
        if (!await db.Notifications.AnyAsync(Stop))
        {
            await services.GetRequiredService<NotificationService>().CreateAsync(
                new NotificationInput("webhook", "Channel", new("http://127.0.0.1:9/"), new([.. EventTypes.All])), Stop);
        }
        return await db.Notifications.OrderBy(n => n.Id).FirstAsync(Stop);
    }
}
