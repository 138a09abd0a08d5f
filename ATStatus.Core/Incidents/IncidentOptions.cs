namespace ATStatus.Core.Incidents;

public sealed class IncidentOptions
{
    /// <summary>How long an open incident may be silent before the overview reminds of it.</summary>
    public TimeSpan RemindAfter { get; init; } = TimeSpan.FromDays(1);
}
