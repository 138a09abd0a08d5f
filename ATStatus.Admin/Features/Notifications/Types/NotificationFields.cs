using ATStatus.Core.Notifications;
using ATStatus.Core.Sending;
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

    /// <summary>What stands in a setting of the type's own.</summary>
    private protected string? SettingOf(string name) => Draft.Options.Settings.GetValueOrDefault(name);

    /// <summary>The key of a setting's field among the errors, and its element's id.</summary>
    private protected static string FieldOf(string name) => TransportInput.SettingField(name);

    /// <summary>What the last save found wrong with a setting.</summary>
    private protected string? SettingErrorOf(string name) => ErrorOf(FieldOf(name));

    /// <summary>Takes what was typed into a setting.</summary>
    private protected Task SetAsync(string name, string? value)
    {
        var settings = new Dictionary<string, string>(Draft.Options.Settings);
        settings.Remove(name);
        if (!string.IsNullOrEmpty(value))
            settings.Add(name, value);
        return ChooseAsync(Draft.Options with { Settings = settings }, FieldOf(name));
    }

    /// <summary>Takes what was chosen of how requests go out.</summary>
    private protected Task ChooseAsync(SendOptions options, string field)
    {
        Draft.Options = options;
        return Edited.InvokeAsync(field);
    }
}
