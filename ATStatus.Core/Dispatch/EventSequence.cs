namespace ATStatus.Core.Dispatch;

/// <summary>
/// Events whose order each receiver sees (contract section 2): those of one save, or of a page's windows in one turn of the clock. Their jobs follow one
/// another.
/// </summary>
/// <param name="isShared">Whether several units of work go on with it, so that even one event may have something behind it.</param>
internal sealed class EventSequence(bool isShared = false)
{
    public bool IsShared => isShared;

    /// <summary>The number that its events carry: the first event's. Null until that is saved.</summary>
    public long? SaveId { get; set; }
}
