using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications.Types;

/// <summary>
/// The fields of one type, inside the form that has what all types share. They write into the draft and say which of its
/// properties was edited, so that the form drops that field's message and knows of unsaved changes.
/// </summary>
public abstract class NotificationFields : ComponentBase
{
    /// <summary>What is being edited.</summary>
    [Parameter, EditorRequired]
    public NotificationDraft Draft { get; set; } = default!;

    /// <summary>What the last save found, by the input's property names.</summary>
    [Parameter]
    public IReadOnlyDictionary<string, string>? Errors { get; set; }

    /// <summary>Comes with the name of the draft's property.</summary>
    [Parameter]
    public EventCallback<string> Edited { get; set; }

    private protected string? ErrorOf(string field) => Errors?.GetValueOrDefault(field);
}
