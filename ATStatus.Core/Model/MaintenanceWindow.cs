using ATStatus.Core.Problems;

namespace ATStatus.Core.Model;

public enum MaintenanceStatus
{
    Scheduled,
    InProgress,
    Completed,
    Cancelled,
}

public static class MaintenanceStatuses
{
    public static string WireName(this MaintenanceStatus status) => status switch
    {
        MaintenanceStatus.Scheduled => "scheduled",
        MaintenanceStatus.InProgress => "in_progress",
        MaintenanceStatus.Completed => "completed",
        MaintenanceStatus.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(status)),
    };
}

/// <summary>A span of time in which components are worked on, with its state machine.</summary>
public sealed class MaintenanceWindow : IVersioned
{
    /// <summary>The longest title, in UTF-16 units.</summary>
    public const int TitleLength = 200;

    /// <summary>The longest message, in UTF-16 units.</summary>
    public const int MessageLength = 10_000;

    /// <summary>The database's number; part of each payload.</summary>
    public int Id { get; set; }

    public int StatusPageId { get; set; }

    public StatusPage? StatusPage { get; set; }

    /// <summary>The rule it was planned by; null for one planned by hand.</summary>
    public int? SeriesId { get; set; }

    public MaintenanceSeries? Series { get; set; }

    /// <summary>
    /// The time of the rule that it stands for (UTC); null for one planned by hand. It stays when the window is moved or
    /// started early, so that the next one comes after that time and not at it again.
    /// </summary>
    public DateTime? PlannedFor { get; set; }

    public required string Title { get; set; }

    /// <summary>What is done, and what people will notice.</summary>
    public required string Message { get; set; }

    /// <summary>When it starts, or really started (UTC).</summary>
    public DateTime Start { get; set; }

    /// <summary>When it ends, or really ended (UTC).</summary>
    public DateTime End { get; set; }

    public MaintenanceStatus Status { get; set; }

    /// <summary>When it was entered here (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    public int Version { get; set; }

    public List<MaintenanceComponent> Components { get; } = [];

    /// <summary>It starts. By hand its start is the real one.</summary>
    /// <exception cref="IllegalTransitionException">It is not scheduled.</exception>
    public void Begin(DateTime now, bool byHand)
    {
        Require(MaintenanceStatus.Scheduled, "started");
        Status = MaintenanceStatus.InProgress;
        if (byHand)
            Start = now;
    }

    /// <summary>It is over. Its end is the real one; the clock's, when it is on time, is the planned one.</summary>
    /// <exception cref="IllegalTransitionException">It is not in progress.</exception>
    public void Complete(DateTime end)
    {
        Require(MaintenanceStatus.InProgress, "completed");
        Status = MaintenanceStatus.Completed;
        End = end;
    }

    /// <summary>It is called off.</summary>
    /// <exception cref="IllegalTransitionException">It is not scheduled: one that has started can only be completed.</exception>
    public void Cancel()
    {
        Require(MaintenanceStatus.Scheduled, "cancelled");
        Status = MaintenanceStatus.Cancelled;
    }

    private void Require(MaintenanceStatus status, string verb)
    {
        if (Status == status)
            return;
        throw new IllegalTransitionException(Status switch
        {
            MaintenanceStatus.InProgress => $"This maintenance has already started, so it cannot be {verb}.",
            MaintenanceStatus.Completed => $"This maintenance is already completed, so it cannot be {verb}.",
            MaintenanceStatus.Cancelled => $"This maintenance was cancelled, so it cannot be {verb}.",
            _ => $"This maintenance has not started yet, so it cannot be {verb}.",
        });
    }
}

public sealed class MaintenanceComponent
{
    public int WindowId { get; set; }

    public MaintenanceWindow? Window { get; set; }

    public int ComponentId { get; set; }

    public Component? Component { get; set; }
}
