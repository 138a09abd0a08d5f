using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.StatusPages;

/// <summary>Archives, restores or deletes a status page.</summary>
public sealed partial class StatusPageRemoval
{
    private const string FieldId = "typed-name";
    private IReadOnlyList<string> _content = [];
    private IReadOnlyList<UnfinishedOnPage> _unfinished = [];
    private StatusPageRow? _read;
    private FormSubmission _form = default!;
    private string? _typed;
    private bool _archiving;
    private bool _doNotNotify;

    [Parameter, EditorRequired]
    public StatusPageRow Site { get; set; } = default!;

    /// <summary>It was archived or restored.</summary>
    [Parameter]
    public EventCallback OnArchived { get; set; }

    /// <summary>It is gone and the address is about to be left: what was typed elsewhere need not be asked about.</summary>
    [Parameter]
    public EventCallback OnDeleting { get; set; }

    [Inject]
    private Permitted<StatusPageService> Service { get; set; } = default!;

    [Inject]
    private NavigationManager Navigation { get; set; } = default!;

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private bool IsArchived => Site.ArchivedAt is not null;

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm().Judging(() => new { Name = _typed });

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        if (ReferenceEquals(_read, Site))
            return;
        _read = Site;
        _content = await Service.Demand().DescribeContentAsync(Site.Id);
        _unfinished = await Service.Demand().UnfinishedAsync(Site.Id);
    }

    private static bool IsIncident(UnfinishedOnPage one) => one.Group == EventGroup.Incidents;

    private static string HrefOf(UnfinishedOnPage one) => $"admin/{(IsIncident(one) ? "incidents" : "maintenance")}/{one.Id}";

    private async Task ArchiveAsync()
    {
        if (_archiving)
            return;
        _archiving = true;
        try
        {
            var archive = !IsArchived;
            await Service.Demand().SetArchivedAsync(Site.Id, archive);
            ShowSaved(archive ? $"{Site.Name} archived" : $"{Site.Name} restored");
        }
        catch (ProblemException e)
        {
            ShowProblem(e.Message);
        }
        finally
        {
            _archiving = false;
        }
        await OnArchived.InvokeAsync();
    }

    private async Task DeleteAsync()
    {
        if (await _form.RunAsync(() => Service.Demand().DeleteAsync(Site.Id, _typed, _doNotNotify), leaves: true))
        {
            await OnDeleting.InvokeAsync();
            ShowSaved($"{Site.Name} deleted");
            Navigation.NavigateTo("admin/status-pages", replace: true);
        }
        else if (_form.Errors is null)
        {
            // Something may have begun, or ended, since this was read.
            _unfinished = await Service.Demand().UnfinishedAsync(Site.Id);
        }
        else
        {
            await Browser.InvokeVoidAsync("atstatus.focus", FieldId);
        }
    }
}
