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
        FirstStep.StatusPage => ("Have a status page", "Sample data is a page with five components to try things on. Or begin with your own."),
        FirstStep.Notification => (
            "Tell somebody about it",
            "A notification posts events to a URL. No endpoint at hand? The form offers the built-in test receiver with one click."),
        FirstStep.Test => ("Send a test", "Send test, beside the notification, posts a sample event the way real ones go, and shows what came back."),
        _ => ("Report something", "An incident raises incident.created. Follow its delivery in the log, or see the POST in the test receiver."),
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
