using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.Incidents;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Incidents;

/// <summary>One incident: what is told about it, and what can be changed.</summary>
public sealed partial class IncidentPage
{
    private readonly EditedValue<IncidentStatus> _updateStatus = new(default);
    private readonly EditedValue<string?> _title = new("");
    private readonly EditedValue<IncidentSeverity> _severity = new(default);
    private readonly EditedValue<IReadOnlyCollection<int>> _componentIds = new([], SameSet.Instance);
    private IReadOnlyList<Choice<int>> _components = [];
    private IncidentDetail? _incident;
    private FormSubmission _posting = default!;
    private FormSubmission _editing = default!;
    private ElementReference _timeline;
    private string? _message;

    /// <summary>The incident.</summary>
    [Parameter]
    public int Id { get; set; }

    [Inject]
    private IncidentQueries Queries { get; set; } = default!;

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    [Inject]
    private IncidentService Service { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    private bool IsDirty =>
        !string.IsNullOrEmpty(_message) || _updateStatus.IsChanged || _title.IsChanged || _severity.IsChanged || _componentIds.IsChanged;

    private string? StatusHelp => _incident?.Row.Status == IncidentStatus.Resolved && _updateStatus.Value != IncidentStatus.Resolved
        ? "This opens the incident again."
        : null;

    private string SavedNames
    {
        get
        {
            var names = _components.Where(choice => _componentIds.Saved.Contains(choice.Value)).Select(choice => choice.Text).ToList();
            return names.Count == 0 ? "none" : string.Join(", ", names);
        }
    }

    /// <inheritdoc />
    protected override void OnInitialized() => (_posting, _editing) = (NewForm(), NewForm());

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _posting.Clear();
        _editing.Clear();
        // What was typed belongs to the incident it was typed for; on the same one it stays.
        var another = _incident?.Row.Id != Id;
        if (!await ReadAsync())
            return;
        if (!another)
        {
            KeepTyped();
            return;
        }
        _message = "";
        _updateStatus.Load(_incident!.Row.Status);
        _title.Load(_incident.Row.Title);
        _severity.Load(_incident.Row.Severity);
        _componentIds.Load(_incident.ComponentIds);
    }

    private async Task LoadAgainAsync()
    {
        await ReloadAsync();
        if (Ready)
            Announcer.Say("Loaded again");
    }

    private async Task<bool> ReadAsync()
    {
        _incident = await Queries.FindAsync(Id, Gone);
        Missing = _incident is null;
        if (_incident is null)
            return false;
        var rows = await StatusPages.ComponentsAsync(_incident.StatusPageId, Gone);
        _components = [.. rows.Select(row => new Choice<int>(row.Id, row.Name))];
        return true;
    }

    private void KeepTyped()
    {
        _updateStatus.LoadAgain(_incident!.Row.Status);
        _title.LoadAgain(_incident.Row.Title);
        _severity.LoadAgain(_incident.Row.Severity);
        // A component that was deleted meanwhile cannot be unticked any more, so it goes out of what was chosen.
        if (_componentIds.IsChanged)
            _componentIds.Value = [.. _componentIds.Value.Where(id => _components.Any(choice => choice.Value == id))];
        _componentIds.LoadAgain(_incident.ComponentIds);
    }

    private async Task PostAsync(IncidentStatus status)
    {
        var actor = await ActorAsync();
        var input = new IncidentUpdateInput(status, _message);
        if (!await _posting.RunAsync(() => Service.PostUpdateAsync(Id, _incident!.Version, input, actor)))
            return;
        _message = "";
        _updateStatus.Load(status);
        TellSaved(status == IncidentStatus.Resolved ? "Saved. The incident is resolved." : "Saved. The update is posted.");
        await ReloadAsync();
        // Resolve is gone now; whoever pressed it goes on where the update stands.
        if (status == IncidentStatus.Resolved)
            await _timeline.FocusAsync(preventScroll: true);
    }

    private async Task SaveAsync()
    {
        var input = new IncidentEditInput(_title.Value, _severity.Value, [.. _componentIds.Value.Select(id => new AffectedComponent(id))]);
        if (!await _editing.RunAsync(() => Service.EditAsync(Id, _incident!.Version, input)))
            return;
        _title.Load(_title.Value);
        _severity.Load(_severity.Value);
        _componentIds.Load(_componentIds.Value);
        TellSaved();
        await ReloadAsync();
    }

    /// <summary>The order in which components were ticked says nothing.</summary>
    private sealed class SameSet : IEqualityComparer<IReadOnlyCollection<int>>
    {
        public static readonly SameSet Instance = new();

        public bool Equals(IReadOnlyCollection<int>? x, IReadOnlyCollection<int>? y) => x is not null && y is not null && x.ToHashSet().SetEquals(y);

        public int GetHashCode(IReadOnlyCollection<int> obj) => obj.Count;
    }
}
