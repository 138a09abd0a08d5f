using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Features.Lists;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using ATStatus.Core.Problems;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.ApiKeys;

/// <summary>The keys that scripts call the API with.</summary>
public sealed partial class ApiKeyList
{
    private IReadOnlyList<ApiKey> _keys = [];
    private (IReadOnlyList<ApiKey> First, IReadOnlyList<ApiKey> Second) _shown = ([], []);
    private int _found;
    private ApiKeyForm? _form;
    private ElementReference _list;

    /// <summary>The key that was just made, for as long as the page is open.</summary>
    private NewApiKey? _made;

    [Inject]
    private Permitted<ApiKeyService> Service { get; set; } = default!;

    /// <inheritdoc />
    protected override string? FoundText => ListPart.FoundText(_found, _keys.Count, "API key");

    /// <inheritdoc />
    protected override void OnInitialized()
    {
        base.OnInitialized();
        FollowChanges();
    }

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _keys = await Service.Demand().ListAsync(Gone);
        var now = Time.GetUtcNow().UtcDateTime;
        var matching = Query.Of(_keys, now).ToLookup(key => key.IsValidAt(now));
        _found = matching.Sum(keys => keys.Count());
        _shown = ListPart.Take([.. matching[true]], (IReadOnlyCollection<ApiKey>)[.. matching[false]], Query.Offset);
    }

    private Task OpenFormAsync() => _form?.OpenAsync() ?? Task.CompletedTask;

    private async Task ShowAsync(NewApiKey made)
    {
        _made = made;
        Announcer.Say("API key created. Copy it now.");
        await ReloadAsync();
    }

    private async Task RevokeAsync(ApiKey key)
    {
        if (!await Confirm.AskAsync($"Revoke {key.Name}?", "Scripts that use this key are refused at once. A key cannot be taken back into use.", "Revoke", danger: true))
            return;
        try
        {
            await Service.Demand().RevokeAsync(key.Id);
        }
        catch (ProblemException problem)
        {
            ShowProblem(problem.Message);
            return;
        }
        if (_made?.Id == key.Id)
            _made = null;
        ShowSaved($"{key.Name} revoked");
        await ReloadAsync();
        // The button that had the focus is gone with its row.
        await _list.FocusAsync(preventScroll: true);
    }
}
