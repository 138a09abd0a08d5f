using ATStatus.Admin.Components.Browser;
using ATStatus.Admin.Components.Shared;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Access;
using ATStatus.Core.Model;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.ApiKeys;

/// <summary>Makes an API key.</summary>
public sealed partial class ApiKeyForm
{
    private static readonly Choice<string>[] Scopes = [.. ApiScopes.All.Select(scope => new Choice<string>(scope, scope))];

    private static readonly Choice<ApiKeyExpiry>[] Expiries =
    [
        new(ApiKeyExpiry.Never, "Never"),
        new(ApiKeyExpiry.In30Days, "30 days"),
        new(ApiKeyExpiry.In90Days, "90 days"),
        new(ApiKeyExpiry.In1Year, "1 year"),
        new(ApiKeyExpiry.OnDate, "On a date"),
    ];

    private FormSubmission _form = default!;
    private FormDialog? _dialog;
    private string? _name;
    private IReadOnlyCollection<string> _scopes = [];
    private ApiKeyExpiry _expires;
    private DateOnly? _date;

    /// <summary>A key was made.</summary>
    [Parameter]
    public EventCallback<NewApiKey> OnMade { get; set; }

    [Inject]
    private Permitted<ApiKeyService> Service { get; set; } = default!;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    private bool IsDirty => !string.IsNullOrEmpty(_name) || _scopes.Count > 0 || _expires != ApiKeyExpiry.Never || _date is not null;

    // The day lasts until the next one begins.
    private ApiKeyInput Input => new(
        _name, _scopes, _expires,
        _expires == ApiKeyExpiry.OnDate && _date is { } day && day < DateOnly.MaxValue ? Clock.ToUtc(day.AddDays(1).ToDateTime(TimeOnly.MinValue)) : null);

    /// <summary>Opens the dialog.</summary>
    public Task OpenAsync()
    {
        Clear();
        // Opened again it is no second half of a double click, however quickly.
        _form.TypedAgain();
        return _dialog?.OpenAsync() ?? Task.CompletedTask;
    }

    /// <inheritdoc />
    protected override void OnInitialized() => _form = NewForm().Judging(() => Input);

    private void Clear()
    {
        _form.Clear();
        (_name, _scopes, _expires, _date) = (null, [], ApiKeyExpiry.Never, null);
    }

    private Task CancelAsync() => _dialog?.CancelAsync() ?? Task.CompletedTask;

    private async Task SaveAsync()
    {
        var actor = User.Actor;
        var input = Input;
        NewApiKey? made = null;
        if (!await _form.RunAsync(async () => made = await Service.Demand().CreateAsync(input, actor)))
            return;
        if (_dialog is not null)
            await _dialog.CloseAsync();
        Clear();
        await OnMade.InvokeAsync(made);
    }
}
