namespace ATStatus.Tests.Support;

/// <summary>The real clock, set forward by a test: for a whole console, whose workers would stand still under a fake one.</summary>
internal sealed class ShiftedTime : TimeProvider
{
    private TimeSpan _shift;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + _shift;

    public override long GetTimestamp() => base.GetTimestamp() + (long)(_shift.TotalSeconds * TimestampFrequency);

    public void Advance(TimeSpan by) => _shift += by;
}
