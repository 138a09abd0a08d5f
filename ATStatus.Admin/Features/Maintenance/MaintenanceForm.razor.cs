using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.Outbox;
using ATStatus.Core.Problems;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Maintenance;

/// <summary>Schedules maintenance, once or by a rule.</summary>
public sealed partial class MaintenanceForm
{
    private const int StartsShown = 3;
    private readonly WindowDraft _draft = new();
    private IReadOnlyList<StatusPageRow> _pages = [];
    private IReadOnlyList<PlannedEvent>? _preview;
    private FormSubmission _form = default!;
    private UnsavedChangesGuard? _guard;
    private int? _pageId;
    private Recurrence _repeats;
    private string? _customRule;
    private DoNotNotifyChoice _doNotNotify;

    /// <summary>The status page it is meant for.</summary>
    [SupplyParameterFromQuery]
    public int? Page { get; set; }

    [Inject]
    private StatusPageQueries StatusPages { get; set; } = default!;

    [Inject]
    private Permitted<MaintenanceService> Service { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private bool IsDirty => _draft.IsChanged || _repeats != Recurrence.Never;

    private IEnumerable<Choice<int?>> PageChoices => NamedChoices.Pages(_pages);

    private string? Rule => Recurrences.Rule(_repeats, _draft.Starts.Value.Local, _customRule);

    private MaintenanceInput Input => _draft.ToInput(
        _pageId, Rule, _repeats == Recurrence.Never ? _doNotNotify with { EveryWindow = false } : _doNotNotify, allFollowing: false);

    private string? RepeatsHelp => Recurrences.Help(_repeats, _draft.Starts.Value.Local, _customRule);

    private List<DateTime> NextStarts => _draft.Zone is { } zone && _draft.Starts.Value.In(zone).Utc is { } start
        ? [.. Recurrences.Next(Rule, zone, start, StartsShown)]
        : [];

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm().Judging(() => Input, () => new { Repeats = _repeats });

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _form.Clear();
        _pages = await StatusPages.PagesAsync(cancellationToken: Gone);
        _pageId = _pages.Count == 1 ? _pages[0].Id : _pages.FirstOrDefault(page => page.Id == (_pageId ?? Page))?.Id;
        await LoadComponentsAsync();
    }

    private async Task ChoosePageAsync(int? pageId)
    {
        _pageId = pageId;
        Changed();
        await LoadComponentsAsync();
    }

    private async Task LoadComponentsAsync()
    {
        var pageId = _pageId;
        var rows = pageId is null ? [] : await StatusPages.ComponentsAsync(pageId, Gone);
        // While these were read, another page may have been chosen.
        if (pageId != _pageId)
            return;
        _draft.Zone = _pages.FirstOrDefault(page => page.Id == pageId) is { } page ? PageTimeZone.Find(page.TimeZone) : null;
        _draft.Offer(NamedChoices.Components(rows));
    }

    // To the service no rule means once; whoever chose a rule of their own and wrote none did not mean that.
    private MaintenanceInput Checked(MaintenanceInput input)
    {
        _draft.DemandDuration();
        if (_repeats == Recurrence.Custom && string.IsNullOrWhiteSpace(input.Rule))
        {
            throw new InvalidInputException(
                new Dictionary<string, string> { [nameof(input.Rule)] = "Write the rule, or choose another way to repeat." },
                new Dictionary<string, IReadOnlyList<string>> { [nameof(input.Rule)] = ["Repeats"] });
        }
        return input;
    }

    // A preview of what was typed before would mislead.
    private void Changed() => _preview = null;

    private async Task PreviewAsync()
    {
        var input = Input;
        _preview = null;
        if (await _form.PreviewAsync(async () => _preview = await Service.Demand().PreviewScheduleAsync(Checked(input), Gone)))
            Announcer.Say("Preview shown");
    }

    private async Task SaveAsync()
    {
        var id = 0;
        var input = Input;
        if (!await _form.RunAsync(async () => id = await Service.Demand().ScheduleAsync(Checked(input)), leaves: true))
            return;
        _guard?.Release();
        ShowSaved();
        LeaveSaved($"admin/maintenance/{id}");
    }
}
