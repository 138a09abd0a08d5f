using MudBlazor;

namespace ATStatus.Admin.Components.Shared;

/// <summary>Whose state it is: one word can look different in two places.</summary>
public enum StatusKind
{
    Delivery,
    Component,
    Incident,
    Severity,
    Maintenance,
}

/// <summary>How a state is shown.</summary>
public sealed record StatusStyle(string Text, Tone Tone, string Icon);

/// <summary>The one table of how the contract's states are shown, for chips, filters and charts.</summary>
public static class StatusStyles
{
    private static readonly Dictionary<(StatusKind, string), StatusStyle> Styles = new()
    {
        [(StatusKind.Delivery, "pending")] = new("Pending", Tone.Neutral, Icons.Material.Outlined.Schedule),
        [(StatusKind.Delivery, "sending")] = new("Sending", Tone.Info, Icons.Material.Outlined.Send),
        [(StatusKind.Delivery, "retrying")] = new("Retrying", Tone.Warning, Icons.Material.Outlined.Replay),
        [(StatusKind.Delivery, "delivered")] = new("Delivered", Tone.Success, Icons.Material.Outlined.CheckCircle),
        [(StatusKind.Delivery, "failed")] = new("Failed", Tone.Danger, Icons.Material.Outlined.Cancel),
        [(StatusKind.Delivery, "skipped")] = new("Skipped", Tone.Neutral, Icons.Material.Outlined.RemoveCircleOutline),
        [(StatusKind.Component, "operational")] = new("Operational", Tone.Success, Icons.Material.Outlined.CheckCircle),
        [(StatusKind.Component, "degraded")] = new("Degraded", Tone.Warning, Icons.Material.Outlined.TrendingDown),
        [(StatusKind.Component, "partial_outage")] = new("Partial outage", Tone.Warning, Icons.Material.Outlined.ReportProblem),
        [(StatusKind.Component, "major_outage")] = new("Major outage", Tone.Danger, Icons.Material.Outlined.Cancel),
        [(StatusKind.Component, "maintenance")] = new("Maintenance", Tone.Maintenance, Icons.Material.Outlined.Build),
        [(StatusKind.Incident, "investigating")] = new("Investigating", Tone.Danger, Icons.Material.Outlined.Search),
        [(StatusKind.Incident, "identified")] = new("Identified", Tone.Warning, Icons.Material.Outlined.Flag),
        [(StatusKind.Incident, "monitoring")] = new("Monitoring", Tone.Info, Icons.Material.Outlined.MonitorHeart),
        [(StatusKind.Incident, "resolved")] = new("Resolved", Tone.Success, Icons.Material.Outlined.CheckCircle),
        [(StatusKind.Severity, "none")] = new("None", Tone.Neutral, Icons.Material.Outlined.RemoveCircleOutline),
        [(StatusKind.Severity, "minor")] = new("Minor", Tone.Info, Icons.Material.Outlined.Info),
        [(StatusKind.Severity, "major")] = new("Major", Tone.Warning, Icons.Material.Outlined.ReportProblem),
        [(StatusKind.Severity, "critical")] = new("Critical", Tone.Danger, Icons.Material.Outlined.Report),
        [(StatusKind.Maintenance, "scheduled")] = new("Scheduled", Tone.Neutral, Icons.Material.Outlined.Event),
        [(StatusKind.Maintenance, "in_progress")] = new("In progress", Tone.Maintenance, Icons.Material.Outlined.Build),
        [(StatusKind.Maintenance, "completed")] = new("Completed", Tone.Success, Icons.Material.Outlined.CheckCircle),
        [(StatusKind.Maintenance, "cancelled")] = new("Cancelled", Tone.Neutral, Icons.Material.Outlined.RemoveCircleOutline),
    };

    /// <summary>Every state of a kind with its style, in the contract's order.</summary>
    public static IEnumerable<KeyValuePair<string, StatusStyle>> All(StatusKind kind) =>
        from entry in Styles
        where entry.Key.Item1 == kind
        select KeyValuePair.Create(entry.Key.Item2, entry.Value);

    /// <summary>The style of a state. An unknown name is shown as it is, in neutral, rather than hidden.</summary>
    public static StatusStyle Of(StatusKind kind, string value) =>
        Styles.TryGetValue((kind, value), out var style) ? style : new(value, Tone.Neutral, Icons.Material.Outlined.HelpOutline);
}
