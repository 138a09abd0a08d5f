namespace ATStatus.Core.Model;

/// <summary>
/// A request that may be sent again without being carried out again: what it was, how far it has come, and what was answered. That it was carried out
/// is written in the transaction of its change.
/// </summary>
public sealed class IdempotentRequest
{
    /// <summary>How long the answer is kept.</summary>
    public static readonly TimeSpan Kept = TimeSpan.FromHours(24);

    /// <summary>How long one that is under way is waited for. Longer than a request takes; the process that carried it may be gone.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    public long Id { get; set; }

    /// <summary>SHA-256 of the API key's number, the path and the caller's key; unique.</summary>
    public required byte[] Hash { get; set; }

    /// <summary>SHA-256 of the query and the body.</summary>
    public required byte[] BodyHash { get; set; }

    /// <summary>Who carries it out: whoever takes over from one that is gone has another.</summary>
    public Guid Token { get; set; }

    /// <summary>When it came first (UTC).</summary>
    public DateTime StartedAt { get; set; }

    /// <summary>When it was taken last (UTC); see <see cref="Lease"/>.</summary>
    public DateTime TakenAt { get; set; }

    /// <summary>When its change was committed (UTC); null while nothing is changed.</summary>
    public DateTime? CommittedAt { get; set; }

    /// <summary>What the change returned, most often the number of what was made; null where only the first answer tells.</summary>
    public long? Result { get; set; }

    /// <summary>The answer's status; null while there is none.</summary>
    public int? Status { get; set; }

    /// <summary>
    /// The answer's headers, one <c>Name: value</c> a line; while there is no answer, the numbers of the events that the change raised:
    /// <c>12,13</c>.
    /// </summary>
    public string? Headers { get; set; }

    /// <summary>The answer's body.</summary>
    public byte[]? Body { get; set; }
}
