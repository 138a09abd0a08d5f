using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.DeliveryLog;
using ATStatus.Core.Incidents;
using ATStatus.Core.Outbox;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>A part of an incident's page that saves on its own.</summary>
public abstract class IncidentPanel : FormPanel
{
    /// <summary>The incident as it was read last.</summary>
    [Parameter, EditorRequired]
    public IncidentDetail Incident { get; set; } = default!;

    [Inject]
    private protected Permitted<IncidentService> Service { get; set; } = default!;

    [Inject]
    private EventQueries Events { get; set; } = default!;

    private protected sealed override object Subject => Incident;

    private protected sealed override object SubjectKey => Incident.Row.Id;

    /// <summary>Saves, and returns what there is to say of it: what was saved, and how many notifications it goes to. Null where it was not saved.</summary>
    private protected async Task<string?> SaveAsync(Func<Task> save, string saved)
    {
        using var raised = ChangeScope.Begin();
        return await Form.RunAsync(save) ? await SavedText.OfAsync(saved, raised, Events) : null;
    }
}
