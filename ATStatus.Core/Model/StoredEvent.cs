using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>
/// Something that happened, fixed as the exact bytes that receivers get. Never changed after it is saved. It keeps
/// numbers and names instead of references, because what it tells about may be deleted later.
/// </summary>
public sealed class StoredEvent
{
    /// <summary>The longest <see cref="Title"/>, in UTF-16 units.</summary>
    public const int TitleLength = 220;

    /// <summary>The longest <see cref="TitleFolded"/>: a letter becomes at most three.</summary>
    public const int FoldedLength = 3 * TitleLength;

    /// <summary>The database's number; grows in the order in which things happened (contract section 5).</summary>
    public long Id { get; set; }

    public EventType Type { get; set; }

    /// <summary>When (UTC).</summary>
    public DateTime OccurredAt { get; set; }

    /// <summary>The page it happened on; 0 for a test where there is no page yet.</summary>
    public int StatusPageId { get; set; }

    /// <summary>The incident's, maintenance window's or component's number; which of them, the type tells.</summary>
    public int SubjectId { get; set; }

    /// <summary>The title of the incident or window, or the component's name, for lists.</summary>
    public required string Title
    {
        get;
        set
        {
            field = value;
            TitleFolded = Folded(value);
        }
    }

    /// <summary>The title as the log searches it (<see cref="FoldedText"/>); null in rows of earlier versions until they are filled in.</summary>
    public string? TitleFolded { get; private set; }

    /// <summary>The request body: UTF-8 JSON as <see cref="EventPayload"/> writes it.</summary>
    public required byte[] Payload { get; set; }

    /// <summary>
    /// The notifications that were not subscribed when it happened, and why, as JSON: who received it is in the deliveries, and who
    /// was not could not be told from today's subscriptions. Null where nobody was left out.
    /// </summary>
    public string? LeftOut { get; set; }

    /// <summary>
    /// The numbers of the components that the payload names, in its order; a component's own event has that one. Names are no identity: they are
    /// changed, and given to another component. Null in rows of earlier versions until they are filled in, as far as their names are unambiguous.
    /// </summary>
    public IReadOnlyList<int>? ComponentIds { get; set; } = [];

    /// <summary>
    /// The number of the first event of the same save, or of the same window's save in one turn of the clock: events with the same number reach each
    /// receiver in their order. Null where it is the only one.
    /// </summary>
    public long? SaveId { get; set; }

    /// <summary>Made by Send test.</summary>
    public bool IsTest { get; set; }

    /// <summary>What <see cref="TitleFolded"/> is for a title.</summary>
    internal static string Folded(string title)
    {
        var folded = FoldedText.Of(title);
        return folded.Length > FoldedLength ? folded[..FoldedLength] : folded;
    }
}
