using System.Globalization;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Notifications.Statistics;
using ATStatus.Core.Model;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using MudBlazor;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>How a notification is doing: a word, its tone and its icon. One that fails never looks as if it were well.</summary>
internal sealed record NotificationHealthStyle(string Text, Tone Tone, string Icon)
{
    public static NotificationHealthStyle Of(NotificationRow row) => row switch
    {
        { Enabled: false } => new("Off", Tone.Neutral, Icons.Material.Outlined.PauseCircle),
        { Circuit.NextProbeAt: not null } => new("On hold", Tone.Danger, Icons.Material.Outlined.HourglassEmpty),
        { Circuit: not null } => new("Recovering", Tone.Warning, Icons.Material.Outlined.Autorenew),
        { Last: { Failure: not null } last } => Of(last) with { Text = IsRetrying(last) ? "Retrying" : "Failing" },
        { Last: not null } => new("Healthy", Tone.Success, Icons.Material.Outlined.CheckCircle),
        _ => new("On", Tone.Info, Icons.Material.Outlined.CheckCircle),
    };

    /// <summary>What the last attempt came to: "Delivered, 200", "Retrying, last attempt 503", "Failed, timeout".</summary>
    public static NotificationHealthStyle Of(LastResult last)
    {
        var what = last is { Failure: null or FailureKind.HttpStatus, StatusCode: { } code }
            ? code.ToString(CultureInfo.InvariantCulture)
            : last.Failure is { } kind ? PerformanceText.FailureText(kind, null) : "";
        return last.Failure is null ? new($"Delivered, {what}", Tone.Success, Icons.Material.Outlined.CheckCircle)
            : IsRetrying(last) ? new($"Retrying, last attempt {what}", Tone.Warning, Icons.Material.Outlined.Autorenew)
            : new($"Failed, {what}", Tone.Danger, Icons.Material.Outlined.Cancel);
    }

    private static bool IsRetrying(LastResult last) => last.State is DeliveryState.Pending or DeliveryState.Sending or DeliveryState.Retrying;
}
