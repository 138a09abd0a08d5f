using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>Changes what updates say whose message is left out.</summary>
public sealed partial class DefaultTextsPanel
{
    private readonly Dictionary<IncidentStatus, EditedValue<string?>> _texts = IncidentStatuses.All.ToDictionary(status => status, _ => new EditedValue<string?>(""));
    private int _version;

    /// <summary>The texts as they were read last.</summary>
    [Parameter, EditorRequired]
    public IncidentDefaultTexts Texts { get; set; } = default!;

    [Inject]
    private Permitted<IncidentDefaultTextService> Service { get; set; } = default!;

    private protected override object Subject => Texts;

    private protected override object SubjectKey => typeof(IncidentDefaultTexts);

    private protected override object Judged => Input;

    private protected override bool IsDirty => _texts.Values.Any(text => text.IsChanged);

    private IncidentDefaultTextsInput Input => new(
        _texts[IncidentStatus.Investigating].Value, _texts[IncidentStatus.Identified].Value, _texts[IncidentStatus.Monitoring].Value,
        _texts[IncidentStatus.Resolved].Value);

    private protected override void Take(Reading reading)
    {
        // Whoever changes something saves over the version that they saw, until they ask for a newer one.
        if (reading == Reading.Asked || !IsDirty)
            _version = Texts.Version;
        foreach (var (status, text) in _texts)
        {
            if (reading == Reading.Asked)
                text.LoadAgain(Texts.Of(status));
            else
                text.Follow(Texts.Of(status));
        }
    }

    private async Task SaveAsync()
    {
        var (input, version) = (Input, _version);
        if (!await Form.RunAsync(() => Service.Demand().SaveAsync(version, input)))
            return;
        ShowSaved("Default texts saved");
        // An emptied field shows the standard text again.
        foreach (var text in _texts.Values)
            text.Load(text.Value);
        await OnSaved.InvokeAsync();
    }
}
