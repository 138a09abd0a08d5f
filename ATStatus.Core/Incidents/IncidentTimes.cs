using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;

namespace ATStatus.Core.Incidents;

/// <summary>Judges from when to when a person says that an incident was.</summary>
internal static class IncidentTimes
{
    public static DateTime? Start(UnitOfWork work, InputCheck check, DateTime? startedAt)
    {
        check.Require(startedAt is null or { Year: >= 2000 }, nameof(IncidentInput.StartedAt), "An incident cannot begin before the year 2000.");
        check.Require(startedAt is null || startedAt <= work.Now, nameof(IncidentInput.StartedAt), "An incident cannot begin in the future.");
        return WholeSeconds(startedAt);
    }

    /// <param name="resolvedAt">When it was resolved, which is its end where none is entered.</param>
    public static DateTime? End(UnitOfWork work, InputCheck check, DateTime? endedAt, DateTime startedAt, bool resolved, DateTime? resolvedAt)
    {
        check.Require(endedAt is null || resolved, nameof(IncidentInput.EndedAt), "Only a resolved incident has an end.", nameof(IncidentInput.Status));
        check.Require(endedAt is null || endedAt <= work.Now, nameof(IncidentInput.EndedAt), "An incident cannot end in the future.");
        var end = WholeSeconds(endedAt);
        check.Require(end is null || end >= startedAt, nameof(IncidentInput.EndedAt), "An incident cannot end before it began.", nameof(IncidentInput.StartedAt));
        check.Require(
            end is not null || !resolved || startedAt <= resolvedAt, nameof(IncidentInput.StartedAt), "An incident cannot begin after it was resolved.",
            nameof(IncidentInput.EndedAt));
        return end;
    }

    private static DateTime? WholeSeconds(DateTime? at) => at is { } instant ? instant.AddTicks(-(instant.Ticks % TimeSpan.TicksPerSecond)) : null;
}
