namespace ATStatus.Admin.Features.Incidents;

/// <summary>What is written about an incident once it is over.</summary>
public sealed partial class PostmortemPanel
{
    private const string FieldId = nameof(Core.Model.Incident.Postmortem);
    private readonly EditedValue<string?> _text = new("");

    private protected override bool IsDirty => _text.IsChanged;

    private protected override object Judged => new { Postmortem = _text.Value };

    private string Saved => Incident.Postmortem ?? "";

    private protected override void Take(Reading reading)
    {
        if (reading == Reading.Another)
            _text.Load(Saved);
        else if (reading == Reading.Asked)
            _text.LoadAgain(Saved);
        else
            _text.Follow(Saved);
    }

    private async Task SaveAsync()
    {
        var (text, seen) = (_text.Value, _text.Seen);
        if (!await Form.RunAsync(() => Service.Demand().SavePostmortemAsync(Incident.Row.Id, Incident.Version, text, seen)))
            return;
        _text.Load(text);
        ShowSaved("Post-mortem saved. No event was raised.");
        await OnSaved.InvokeAsync();
    }
}
