using ATStatus.Core.Sending.Bodies;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Types;

/// <summary>Draws the message of one type as its receivers will see it, from what a test would send at this moment.</summary>
public abstract class NotificationPreview : ComponentBase
{
    /// <summary>The event, as it is stored.</summary>
    [Parameter, EditorRequired]
    public byte[] Payload { get; set; } = [];

    /// <summary>What stands in the type's own fields, saved or not.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyDictionary<string, string> Settings { get; set; } = default!;

    /// <summary>The body that its request would have; null where that is the event, or a message that the type writes from it.</summary>
    [Parameter]
    public RenderedBody? Body { get; set; }

    /// <summary>Where the public reads the event's status page.</summary>
    [Parameter]
    public string? PageUrl { get; set; }
}
