namespace ATStatus.Core.Dispatch;

/// <summary>
/// Events whose order each receiver sees (contract section 2): those of one save, or of a page's windows in one turn of the clock. At each notification
/// a first attempt begins when that of the event before has ended, or has been under way for <see cref="Patience"/>.
/// </summary>
/// <param name="isShared">Whether several units of work go on with it, so that even one event has something behind it.</param>
internal sealed class EventSequence(bool isShared = false)
{
    /// <summary>How long an attempt keeps the next one waiting: who answers within it gets the events in their order.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    public bool IsShared => isShared;
}
