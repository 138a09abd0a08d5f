using ATStatus.Core.Events;
using ATStatus.Core.Problems;

namespace ATStatus.Core.Model;

/// <summary>A span of time in which components are worked on, with its state machine.</summary>
public sealed class MaintenanceWindow : IVersioned, ITimestamped
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

    /// <summary>Whether the clock starts it. Otherwise a person does; one that nobody has started by its end is cancelled.</summary>
    public bool StartsAutomatically { get; set; } = true;

    /// <summary>How long before its start subscribers are reminded of it; null for no reminder. See <see cref="PlanReminder"/>.</summary>
    public TimeSpan? RemindBefore { get; set; }

    /// <summary>When the reminder is due (UTC); null where none is to come (any more).</summary>
    public DateTime? RemindAt { get; private set; }

    /// <summary>The start that subscribers were reminded of last (UTC); only a later one is reminded of again.</summary>
    public DateTime? RemindedOf { get; private set; }

    /// <summary>The save that planned the reminder was one with <i>Do not notify</i>: it is recorded, and its deliveries are skipped.</summary>
    public bool RemindsSilently { get; set; }

    /// <summary>When it was entered here (UTC).</summary>
    public DateTime CreatedAt { get; set; }

    public DateTime UpdatedAt { get; set; }

    public int Version { get; set; }

    public List<MaintenanceComponent> Components { get; } = [];

    /// <summary>What was posted about it, the earliest first.</summary>
    public List<MaintenanceUpdate> Updates { get; } = [];

    /// <summary>It is announced and neither over nor called off.</summary>
    public bool IsGoingOn => Status is MaintenanceStatus.Scheduled or MaintenanceStatus.InProgress;

    /// <summary>
    /// Plans the reminder anew, after the start or <see cref="RemindBefore"/> was set. There is none where its time has come already: the
    /// window was scheduled inside the span, and that was announced just now.
    /// </summary>
    /// <param name="now">The moment of the change (UTC).</param>
    public void PlanReminder(DateTime now)
    {
        DateTime? at = RemindBefore is { } span && Start - DateTime.MinValue > span ? Start - span : null;
        RemindAt = at > now && (RemindedOf is null || Start > RemindedOf) ? at : null;
    }

    /// <summary>Whether the reminder is due: its time has come, and the start has not.</summary>
    public bool IsReminderDue(DateTime now) => Status == MaintenanceStatus.Scheduled && RemindAt <= now && Start > now;

    /// <summary>Subscribers are reminded of it.</summary>
    public void Remind() => (RemindedOf, RemindAt) = (Start, null);

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

    /// <summary>It is called off, or nobody has started it by its end.</summary>
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

/// <summary>One entry of a window's timeline.</summary>
public sealed class MaintenanceUpdate
{
    /// <summary>The longest author, in UTF-16 units: the longest e-mail address of an account.</summary>
    public const int AuthorLength = 256;

    /// <summary>The database's number; grows with time.</summary>
    public int Id { get; set; }

    /// <summary>The window it tells about.</summary>
    public int WindowId { get; set; }

    /// <summary>Where the window stood when it was posted.</summary>
    public MaintenanceStatus Status { get; set; }

    /// <summary>The message as published.</summary>
    public required string Message { get; set; }

    /// <summary>When (UTC).</summary>
    public DateTime At { get; set; }

    /// <summary>Who wrote it: the account's name at that time.</summary>
    public required string Author { get; set; }
}

/// <summary>A component that a window covers.</summary>
public sealed class MaintenanceComponent
{
    public int WindowId { get; set; }

    public MaintenanceWindow? Window { get; set; }

    public int ComponentId { get; set; }

    public Component? Component { get; set; }
}
