using ATStatus.Core.Dispatch;
using ATStatus.Core.Model;
using ATStatus.Core.Sending;

namespace ATStatus.Tests.Dispatch;

/// <summary>How fast what was held follows once a circuit has closed, on a clock that a test moves.</summary>
public sealed class DrainPaceTests
{
    [Theory]
    [InlineData(10)]
    [InlineData(4)]
    public void The_pace_doubles_every_thirty_seconds(int perSecond)
    {
        var begun = new DateTime(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);
        var queue = new NotificationQueue(1, new WebhookOptions { DrainPerSecond = perSecond }) { IsInOrder = false };
        var health = NotificationHealth.Fresh(1, begun);
        health.DrainingSince = begun;
        queue.SetHealth(health);
        var (next, halfMinutes) = (0L, new int[5]);
        for (var at = TimeSpan.Zero; at < TimeSpan.FromSeconds(30 * halfMinutes.Length); at += TimeSpan.FromMilliseconds(10))
        {
            // There is always more that waits, and each send is over at once.
            for (var i = 0; i < NotificationQueue.PrefetchSize; i++)
                queue.Prefetch(++next, isRetry: false);
            foreach (var (id, _) in queue.Take(limit: 1_000, begun + at))
            {
                halfMinutes[(int)(at.TotalSeconds / 30)]++;
                queue.Remove(id);
            }
            queue.ClearPrefetched();
        }

        for (var i = 0; i < halfMinutes.Length; i++)
        {
            var expected = perSecond * 30 * Math.Pow(2, i);
            Assert.InRange(halfMinutes[i], expected * 0.9, expected * 1.1);
        }
    }
}
