using System.Text;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Receivers;

/// <summary>One notification as its receiver sees it: what is sent, and code that verifies it.</summary>
public sealed partial class ReceiversPage
{
    private static readonly IReadOnlyList<Choice<string>> Languages = [.. VerificationSample.All.Select(s => new Choice<string>(s.Name, s.Label))];

    private static readonly DateTime ExampleTime = new(2026, 1, 14, 12, 0, 0, DateTimeKind.Utc);

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

    /// <summary>The body of a sample event.</summary>
    private string ExampleOf(NotificationDetail saved, EventType type)
    {
        var (page, data) = SampleEvents.For(type, ExampleTime);
        var body = BodyRenderer.Render(saved.Options, new BodySource(EventPayload.Write(type, ExampleTime, page, data), Guid.Empty), Options.MaxPayload);
        return body.Content is { } content ? Encoding.UTF8.GetString(content) : body.Problem!;
    }

    private void Choose(string? name) => Navigation.NavigateTo(Navigation.GetUriWithQueryParameter("language", name));
}
