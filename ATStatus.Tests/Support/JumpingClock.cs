using Microsoft.Extensions.Time.Testing;

namespace ATStatus.Tests.Support;

/// <summary>A machine whose clock on the wall jumps while the time that it has been running does not, which a fake clock alone cannot.</summary>
internal sealed class JumpingClock(FakeTimeProvider running) : TimeProvider
{
    private long _ahead;

    public override DateTimeOffset GetUtcNow() => running.GetUtcNow().AddTicks(Volatile.Read(ref _ahead));

    public override long TimestampFrequency => running.TimestampFrequency;

    public override long GetTimestamp() => running.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        running.CreateTimer(callback, state, dueTime, period);

    /// <summary>Sets the clock ahead, or back.</summary>
    public void Jump(TimeSpan by) => Interlocked.Add(ref _ahead, by.Ticks);
}
