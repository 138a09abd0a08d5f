using ATStatus.Admin.Components.Shared;
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

    /// <summary>The page to change; none adds one.</summary>
    [Parameter]
    public int? Id { get; set; }

    [Inject]
    private StatusPageQueries Queries { get; set; } = default!;

    [Inject]
    private StatusPageService Service { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    private bool IsDirty => _name.IsChanged || _slug.IsChanged || _description.IsChanged || _zone.IsChanged || _publicUrl.IsChanged;

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm();

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

    // A status that was set, or the archive, beside the form: what is typed in the form is not touched.
    private async Task RefreshAsync()
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
        var input = new StatusPageInput(_name.Value, _slug.Value, _description.Value, _zone.Value, _publicUrl.Value);
        if (!await _form.RunAsync(() => Id is { } id ? Service.UpdateAsync(id, _version, input) : Service.CreateAsync(input), leaves: true))
            return;
        _guard?.Release();
        TellSaved();
        LeaveSaved("admin/status-pages");
    }

    private static string? Theirs(EditedValue<string?> field) =>
        field.Overlooked ? $"Saved by somebody else meanwhile: “{field.Saved}”" : null;
}
