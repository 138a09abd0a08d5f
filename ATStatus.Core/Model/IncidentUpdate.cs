using ATStatus.Core.Events;

namespace ATStatus.Core.Model;

/// <summary>One entry of an incident's timeline.</summary>
public sealed class IncidentUpdate
{
    /// <summary>The database's number; grows with time.</summary>
    public int Id { get; set; }

    public int IncidentId { get; set; }

    /// <summary>The status from this update on.</summary>
    public IncidentStatus Status { get; set; }

    public required string Message { get; set; }

    /// <summary>When (UTC).</summary>
    public DateTime At { get; set; }

    /// <summary>Who wrote it: the account's name at that time.</summary>
    public required string Author { get; set; }
}
