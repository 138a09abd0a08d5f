namespace ATStatus.Admin.Features.Maintenance;

/// <summary>Whether the events of a step are sent, and of a series, for how long they are not.</summary>
/// <param name="IsOn">They are recorded and not sent.</param>
/// <param name="EveryWindow">Nor are those of any window of the series from now on.</param>
public readonly record struct DoNotNotifyChoice(bool IsOn, bool EveryWindow);
