using ATStatus.Admin.Components.Shared;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Overview;

/// <summary>A newcomer's checklist.</summary>
public sealed partial class FirstStepsPanel
{
    private ElementReference _panel;

    [Parameter, EditorRequired]
    public FirstSteps Steps { get; set; } = default!;

    /// <summary>Makes the sample page.</summary>
    [Parameter]
    public EventCallback OnLoadSample { get; set; }

    [Parameter]
    public bool Busy { get; set; }

    private static (string Title, string Text) DisplayText(FirstStep step) => step switch
    {
        FirstStep.StatusPage => ("Create a status page", "Load sample data, a page with five components, or start with your own."),
        FirstStep.Notification => (
            "Add a notification",
            "A notification posts events to a URL. No endpoint yet? The form offers the built-in test receiver with one click."),
        FirstStep.Test => ("Send a test", "Send test posts a sample event exactly as real events are sent, and shows the response."),
        _ => ("Create an incident", "An incident raises incident.created. Follow its delivery in the log, or see the request in the test receiver."),
    };

    // One primary action a page: that of the step whose turn it is.
    private static ButtonKind KindOf(bool now) => now ? ButtonKind.Primary : ButtonKind.Secondary;

    private async Task LoadSampleAsync()
    {
        await OnLoadSample.InvokeAsync();
        // The button that had the focus is gone.
        await _panel.FocusAsync(preventScroll: true);
    }
}
