using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Receivers;

/// <summary>One notification as its receiver sees it: what is sent, and code that verifies it.</summary>
public sealed partial class ReceiversPage
{
    private static readonly IReadOnlyList<Choice<string>> Languages = [.. VerificationSample.All.Select(s => new Choice<string>(s.Name, s.Label))];

    private NotificationDetail? _saved;

    /// <summary>The notification.</summary>
    [Parameter]
    public int Id { get; set; }

    /// <summary>The language's name; the first where there is none.</summary>
    [SupplyParameterFromQuery]
    public string? Language { get; set; }

    [Inject]
    private NotificationQueries Notifications { get; set; } = default!;

    [Inject]
    private WebhookOptions Options { get; set; } = default!;

    /// <inheritdoc />
    protected override object? LoadKey => Id;

    private VerificationSample Sample => VerificationSample.Find(Language);

    /// <inheritdoc />
    protected override async Task LoadAsync()
    {
        _saved = await Notifications.FindAsync(Id, Gone);
        Missing = _saved is null;
    }

    private void Choose(string? name) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("language", name));
}
