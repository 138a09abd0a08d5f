using ATStatus.Admin.Api.Bodies;
using ATStatus.Core.Events;
using ATStatus.Core.Maintenance;

namespace ATStatus.Admin.Api.Maintenance;

/// <summary>A maintenance window.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Title">What is done.</param>
/// <param name="Description">What people will notice: the message of the console and of webhooks.</param>
/// <param name="StatusPageId">The page it is on.</param>
/// <param name="Status">Where it stands.</param>
/// <param name="ScheduledStartTime">When it starts, or really started.</param>
/// <param name="ScheduledEndTime">When it ends, or really ended.</param>
/// <param name="AutoStart">Whether it starts automatically.</param>
/// <param name="ComponentIds">The components it covers.</param>
/// <param name="Rule">The cron rule by which it recurs, while it does; null for none.</param>
/// <param name="SeriesId">The series it is of; null for none.</param>
/// <param name="RemindBeforeMinutes">How long before its start subscribers are reminded; null for no reminder.</param>
/// <param name="Updates">What was posted about it, the latest first.</param>
/// <param name="CreatedAt">When it was entered.</param>
/// <param name="UpdatedAt">When it was last changed.</param>
/// <param name="Version">What <c>If-Match</c> takes.</param>
public sealed record MaintenanceAnswer(
    int Id, string Title, string Description, int StatusPageId, [property: Words(typeof(MaintenanceStatus))] string Status,
    [property: Instant] string ScheduledStartTime, [property: Instant] string ScheduledEndTime, bool AutoStart, IReadOnlyList<int> ComponentIds, string? Rule,
    int? SeriesId, int? RemindBeforeMinutes, IReadOnlyList<MaintenanceUpdateAnswer> Updates, [property: Instant] string CreatedAt,
    [property: Instant] string UpdatedAt, int Version)
{
    internal static MaintenanceAnswer Of(MaintenanceDetail window)
    {
        var row = window.Row;
        return new MaintenanceAnswer(
            row.Id, row.Title, row.Message, row.StatusPageId, row.Status.WireName(), Times.Text(row.Start), Times.Text(row.End), row.StartsAutomatically,
            row.ComponentIds, row.Rule, row.SeriesId, (int?)row.RemindBefore?.TotalMinutes,
            [.. window.Updates.Select(u => new MaintenanceUpdateAnswer(u.Id, u.Status.WireName(), u.Message, Times.Text(u.At)))], Times.Text(row.CreatedAt),
            Times.Text(row.UpdatedAt), row.Version);
    }
}

/// <summary>An entry of a window's timeline.</summary>
/// <param name="Id">Its number.</param>
/// <param name="Status">Where the window stood.</param>
/// <param name="Message">What was posted.</param>
/// <param name="At">When.</param>
public sealed record MaintenanceUpdateAnswer(int Id, [property: Words(typeof(MaintenanceStatus))] string Status, string Message, [property: Instant] string At);

/// <summary>What is sent to schedule or change maintenance. A PATCH keeps what is left out.</summary>
public sealed record MaintenanceBody : WriteBody
{
    /// <summary>What is done. Required when it is scheduled.</summary>
    public Optional<string?> Title { get; init; }

    /// <summary>What people will notice. Required when it is scheduled.</summary>
    public Optional<string?> Description { get; init; }

    /// <summary>The page it is on. Required when it is scheduled; a window stays on its page.</summary>
    public Optional<int?> StatusPageId { get; init; }

    /// <summary>When it starts. Required when it is scheduled; one in the past starts at once.</summary>
    [Instant]
    public Optional<string?> ScheduledStartTime { get; init; }

    /// <summary>When it ends. Required when it is scheduled; of a window in progress it is all that can be changed.</summary>
    [Instant]
    public Optional<string?> ScheduledEndTime { get; init; }

    /// <summary>Whether it starts automatically; it does unless said.</summary>
    public Optional<bool?> AutoStart { get; init; }

    /// <summary>The components it covers: all there shall be.</summary>
    public Optional<IReadOnlyList<int>?> ComponentIds { get; init; }

    /// <summary>A cron rule of five fields by which it recurs, on the page's clock. Only when it is scheduled.</summary>
    public Optional<string?> Rule { get; init; }

    /// <summary>How long before its start subscribers are reminded; null for no reminder.</summary>
    public Optional<int?> RemindBeforeMinutes { get; init; }

    /// <summary>Title, description, components, length, start and reminder are those of all following windows of the series too. Only a PATCH.</summary>
    public Optional<bool?> AllFollowing { get; init; }

    /// <summary>Record the events, but send them to no one.</summary>
    public Optional<bool?> DoNotNotify { get; init; }

    /// <inheritdoc/>
    protected override Type AnswerType => typeof(MaintenanceAnswer);
}

/// <summary>What is sent to start, complete or cancel maintenance, or to post an update.</summary>
public sealed record MaintenanceStepBody : WriteBody
{
    /// <summary>What is told. It becomes part of the timeline; a start takes none.</summary>
    public string? Message { get; init; }

    /// <summary>Tell no one.</summary>
    public bool? DoNotNotify { get; init; }
}
