using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Maintenance;
using ATStatus.Core.Model;
using ATStatus.Core.StatusPages;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.StatusPages;

/// <summary>Adds a status page or changes one.</summary>
public sealed partial class StatusPageForm
{
    private readonly EditedValue<string?> _name = new("");
    private readonly EditedValue<string?> _slug = new("");
    private readonly EditedValue<string?> _description = new("");
    private readonly EditedValue<string?> _zone = new("UTC");
    private readonly EditedValue<string?> _publicUrl = new("");
    private StatusPageRow? _row;
    private FormSubmission _form = default!;
    private UnsavedChangesGuard? _guard;
    private int _version;
    // The question stands between two states of the form that are not busy.
    private bool _saving;

    /// <summary>The page to change; none adds one.</summary>
    [Parameter]
    public int? Id { get; set; }

    [Inject]
    private StatusPageQueries Queries { get; set; } = default!;

    [Inject]
    private Permitted<StatusPageService> Service { get; set; } = default!;

    [Inject]
    private MaintenanceQueries Maintenance { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    private StatusPageInput Input => new(_name.Value, _slug.Value, _description.Value, _zone.Value, _publicUrl.Value);

    private bool IsDirty => _name.IsChanged || _slug.IsChanged || _description.IsChanged || _zone.IsChanged || _publicUrl.IsChanged;

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        _form = NewForm().Judging(() => Input);
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _form.Clear();
        if (await FindAsync() is not { } page)
            return;
        _name.Load(page.Name);
        _slug.Load(page.Slug);
        _description.Load(page.Description);
        _zone.Load(page.TimeZone);
        _publicUrl.Load(page.PublicUrl ?? "");
    }

    private async Task LoadAgainAsync()
    {
        if (await FindAsync() is not { } page)
            return;
        _name.LoadAgain(page.Name);
        _slug.LoadAgain(page.Slug);
        _description.LoadAgain(page.Description);
        _zone.LoadAgain(page.TimeZone);
        _publicUrl.LoadAgain(page.PublicUrl ?? "");
        _form.Clear();
        Announcer.Say("Loaded again");
    }

    /// <inheritdoc />
    protected override async Task FollowAsync()
    {
        if (Id is not { } id || _form.Busy)
            return;
        var page = await Queries.PageAsync(id, Gone);
        if (IsDirty)
        {
            // What is typed is judged against what was seen beside it: a save that would write over another one's is refused.
            _row = page ?? _row;
            return;
        }
        (_row, Missing, _version) = (page, page is null, page?.Version ?? 0);
        if (page is null)
            return;
        _name.Load(page.Name);
        _slug.Load(page.Slug);
        _description.Load(page.Description);
        _zone.Load(page.TimeZone);
        _publicUrl.Load(page.PublicUrl ?? "");
    }

    // A status that was set, or the archive, beside the form: what is typed in the form is not touched.
    private async Task ReadAgainAsync()
    {
        if (await FindAsync() is not { } page)
            return;
        _name.LoadAgain(page.Name);
        _slug.LoadAgain(page.Slug);
        _description.LoadAgain(page.Description);
        _zone.LoadAgain(page.TimeZone);
        _publicUrl.LoadAgain(page.PublicUrl ?? "");
    }

    private async Task<StatusPageRow?> FindAsync()
    {
        if (Id is not { } id)
            return new StatusPageRow(0, "", "", "", "UTC", null, 0, []);
        var page = await Queries.PageAsync(id, Gone);
        (_row, Missing) = (page, page is null);
        _version = page?.Version ?? 0;
        return page;
    }

    // The slug of a new page follows its name for as long as it is what the name suggests.
    private void NameTyped(string? name)
    {
        var follows = Id is null && (string.IsNullOrEmpty(_slug.Value) || _slug.Value == StatusPageService.SuggestSlug(_name.Value));
        _name.Value = name;
        if (follows)
            _slug.Value = StatusPageService.SuggestSlug(name);
    }

    private async Task SaveAsync()
    {
        if (_form.Busy || _saving)
            return;
        _saving = true;
        try
        {
            await AskAndSaveAsync();
        }
        finally
        {
            _saving = false;
        }
    }

    private async Task AskAndSaveAsync()
    {
        var input = Input;
        var series = 0;
        if (Id is not null && _zone.IsChanged && !await _form.PreviewAsync(async () => series = await OutsideAsync(input.TimeZone)))
            return;
        if (series > 0)
        {
            var move = new ConfirmOption(
                "Move recurring maintenance to the new time zone",
                "Windows that have not started keep their local time of day, and subscribers are notified of the new times.")
            { IsOn = true };
            if (!await Confirm.AskAsync(
                $"Change the time zone to {input.TimeZone}?",
                $"{(series == 1 ? "1 series" : $"{series} series")} of recurring maintenance on this page would be computed in another time zone. "
                    + "Not moved, recurring maintenance keeps its time zone. Maintenance that does not recur stays at its time.",
                "Save", option: move))
                return;
            input = input with { MoveSeries = move.IsOn };
        }
        if (!await _form.RunAsync(() => Id is { } id ? Service.Demand().UpdateAsync(id, _version, input) : Service.Demand().CreateAsync(input), leaves: true))
            return;
        _guard?.Release();
        ShowSaved();
        LeaveSaved("admin/status-pages");
    }

    /// <summary>How many series would be left in another zone by a change of the page's.</summary>
    private async Task<int> OutsideAsync(string? zone) =>
        Id is { } id && _zone.IsChanged && PageTimeZone.TryFind(zone, out var found) ? await Maintenance.SeriesOutsideAsync(id, found.Id, Gone) : 0;

    private static string? Theirs(EditedValue<string?> field) =>
        field.Overlooked ? $"Changed by someone else: “{field.Saved}”" : null;
}
