using ATStatus.Core.Events;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;
using MudBlazor;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>Sets a component's status at once, wherever the component is shown.</summary>
public sealed partial class StatusSelect
{
    private ComponentStatus? _wanted;

    [Parameter, EditorRequired]
    public ComponentRow Row { get; set; } = default!;

    /// <summary>The id of the element that names the component.</summary>
    [Parameter]
    public string? DescribedBy { get; set; }

    /// <summary>The status was set, or could not be: what is shown should be read again.</summary>
    [Parameter]
    public EventCallback OnSet { get; set; }

    [Inject]
    private ComponentService Service { get; set; } = default!;

    [Inject]
    private ISnackbar Snackbar { get; set; } = default!;

    private ComponentStatus Shown => _wanted ?? Row.Status;

    private async Task SetAsync(ComponentStatus status)
    {
        // While one change is being saved, only the last of those that follow counts.
        var underWay = _wanted is not null;
        _wanted = status;
        if (underWay)
            return;
        try
        {
            do
            {
                status = _wanted.Value;
                await Service.SetStatusAsync(Row.Id, status);
            }
            while (_wanted != status);
            Snackbar.Add($"Saved. {Row.Name}: {status.Label()}", Severity.Success);
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
}
