using ATStatus.Admin.Features.Notifications.Types;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
using ATStatus.Core.Sending.Bodies;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>Draws the message of a test with what stands in the form, as it is typed.</summary>
public sealed partial class MessagePreview
{
    private TestSample? _sample;
    private (EventType Event, BodyKind Body, string? Template)? _sampled;

    [Parameter, EditorRequired]
    public NotificationType Type { get; set; } = default!;

    /// <summary>Which event the test would be about.</summary>
    [Parameter, EditorRequired]
    public EventType Event { get; set; }

    /// <summary>What stands in the form about how requests go out.</summary>
    [Parameter, EditorRequired]
    public SendOptions Options { get; set; } = default!;

    [Inject]
    private Permitted<TestSendService> Tests { get; set; } = default!;

    [Inject]
    private ILogger<MessagePreview> Logger { get; set; } = default!;

    private Dictionary<string, object?> Parameters => new()
    {
        [nameof(NotificationPreview.Payload)] = _sample!.Payload,
        [nameof(NotificationPreview.PageUrl)] = _sample.PageUrl,
        [nameof(NotificationPreview.Settings)] = Options.Settings,
        [nameof(NotificationPreview.Body)] = _sample.Body,
    };

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        // Only a webhook's body has forms.
        var options = Type.HasSecret ? Options : Options with { Body = BodyKind.Documented };
        var wanted = (Event, options.Body, options.TemplateBody);
        if (_sampled == wanted)
            return;
        _sampled = wanted;
        try
        {
            var sample = await Tests.Demand().SampleAsync(Event, options);
            if (_sampled == wanted)
                _sample = sample;
        }
        catch (Exception e)
        {
            // The form does without: sending and saving do not need it.
            Logger.LogPageFault(e, "make a preview");
            _sample = null;
        }
    }
}
