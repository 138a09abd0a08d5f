using ATStatus.Core.Events;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>Sets a component's status at once, wherever the component is shown.</summary>
public sealed partial class StatusSelect
{
    private Choosing? _wanted;

    [Parameter, EditorRequired]
    public ComponentRow Row { get; set; } = default!;

    /// <summary>The id of the element that names the component.</summary>
    [Parameter]
    public string? DescribedBy { get; set; }

    /// <summary>Statuses set here are recorded, and nobody is told.</summary>
    [Parameter]
    public bool DoNotNotify { get; set; }

    /// <summary>The status was set, or could not be: what is shown should be read again.</summary>
    [Parameter]
    public EventCallback OnSet { get; set; }

    [Inject]
    private ComponentService Service { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    private ComponentStatus Shown => _wanted?.Status ?? Row.Status;

    private async Task SetAsync(ComponentStatus status)
    {
        // While one change is being saved, only the last of those that follow counts.
        var underWay = _wanted is not null;
        var wanted = _wanted = new Choosing(status, DoNotNotify);
        if (underWay)
            return;
        try
        {
            do
            {
                wanted = _wanted;
                await Service.SetStatusAsync(Row.Id, wanted.Status, wanted.DoNotNotify);
            }
            while (_wanted != wanted);
            Snackbar.Add($"Saved. {Row.Name}: {wanted.Status.Label()}{(wanted.DoNotNotify ? ". Nobody is told" : null)}", Severity.Success);
        }
        catch (ProblemException e)
        {
            Snackbar.Add(e.Message, Severity.Error);
        }
        finally
        {
            _wanted = null;
        }
        await OnSet.InvokeAsync();
    }

    // What the switch said when the status was chosen, not when its turn came.
    private sealed record Choosing(ComponentStatus Status, bool DoNotNotify);
}
