using ATStatus.Admin.Features.Notifications.Types;
using ATStatus.Admin.Hosting.Access;
using ATStatus.Core.Events;
using ATStatus.Core.Notifications;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>Draws the message of a test with what stands in the form, as it is typed.</summary>
public sealed partial class MessagePreview
{
    private TestSample? _sample;
    private EventType? _sampled;

    [Parameter, EditorRequired]
    public NotificationType Type { get; set; } = default!;

    /// <summary>Which event the test would be about.</summary>
    [Parameter, EditorRequired]
    public EventType Event { get; set; }

    /// <summary>What stands in the type's own fields.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyDictionary<string, string> Settings { get; set; } = default!;

    [Inject]
    private Permitted<TestSendService> Tests { get; set; } = default!;

    [Inject]
    private ILogger<MessagePreview> Logger { get; set; } = default!;

    private Dictionary<string, object?> Parameters => new()
    {
        [nameof(NotificationPreview.Payload)] = _sample!.Payload,
        [nameof(NotificationPreview.PageUrl)] = _sample.PageUrl,
        [nameof(NotificationPreview.Settings)] = Settings,
    };

    /// <inheritdoc />
    protected override async Task OnParametersSetAsync()
    {
        var wanted = Event;
        if (_sampled == wanted)
            return;
        _sampled = wanted;
        try
        {
            var sample = await Tests.Demand().SampleAsync(wanted);
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
