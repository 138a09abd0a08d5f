namespace ATStatus.Admin.Features.Overview;

/// <summary>How far a new console has come on the way from nothing to the first received POST. Derived from what is there; nothing is stored.</summary>
/// <param name="HasPage">There is a status page.</param>
/// <param name="HasNotification">There is a notification.</param>
/// <param name="HasDelivered">A test, or anything else, reached its receiver.</param>
/// <param name="HasIncident">There is an incident.</param>
/// <param name="LatestIncidentAt">When the incident that heads the list began (UTC).</param>
public sealed record FirstSteps(bool HasPage, bool HasNotification, bool HasDelivered, bool HasIncident, DateTime? LatestIncidentAt)
{
    /// <summary>How long after an incident the console still counts as new.</summary>
    public static readonly TimeSpan NewFor = TimeSpan.FromDays(1);

    /// <summary>Each step and whether it is done, in order.</summary>
    public IReadOnlyList<(FirstStep Step, bool Done)> All =>
    [
        (FirstStep.StatusPage, HasPage), (FirstStep.Notification, HasNotification), (FirstStep.Test, HasDelivered), (FirstStep.Incident, HasIncident),
    ];

    /// <summary>The first step that is not done; null when all are.</summary>
    public FirstStep? Next => All.Where(entry => !entry.Done).Select(entry => (FirstStep?)entry.Step).FirstOrDefault();

    /// <summary>
    /// Whether to show the steps. Not once all are done; and not in a console that had incidents for a while: that its log was
    /// tidied or its notification deleted does not make its operators newcomers.
    /// </summary>
    public bool IsShown(DateTime now) => Next is not null && !(LatestIncidentAt < now - NewFor);
}

/// <summary>A newcomer's step.</summary>
public enum FirstStep
{
    StatusPage,
    Notification,
    Test,
    Incident,
}
