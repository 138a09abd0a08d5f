using ATStatus.Admin.Components.Shared;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>What is asked before a window takes a step, the same in the list and on its page.</summary>
internal static class MaintenanceConfirmations
{
    /// <param name="confirm">Where it is asked.</param>
    /// <param name="what">The window as the question calls it.</param>
    public static Task<bool> AskToStartAsync(this ConfirmService confirm, string what) => confirm.AskAsync(
        $"Start {what} now?", "Its components show \"Maintenance\" until it completes, unless an incident or a status set by hand during it shows. Its start becomes now.", "Start now");

    /// <inheritdoc cref="AskToStartAsync"/>
    public static Task<bool> AskToCompleteAsync(this ConfirmService confirm, string what) => confirm.AskAsync(
        $"Complete {what} now?", "Its components show their own status again, or what an incident or another window says. Its end becomes now.", "Complete");
}
