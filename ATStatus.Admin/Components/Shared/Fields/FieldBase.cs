using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>
/// What all fields share: a label that is the accessible name, and texts tied to the control by <c>aria-describedby</c>.
/// They report every keystroke (<c>input</c>), so that nothing typed before a click on Save is lost. Errors are plain strings from
/// Core's services.
/// </summary>
public abstract class FieldBase : ComponentBase
{
    private readonly string _ownId = FieldIds.Next();

    /// <summary>The accessible name, exactly.</summary>
    [Parameter, EditorRequired]
    public string Label { get; set; } = "";

    /// <summary>Keeps the label for screen readers only: in table rows.</summary>
    [Parameter]
    public bool HideLabel { get; set; }

    /// <summary>What to enter, or what follows from it.</summary>
    [Parameter]
    public string? Help { get; set; }

    /// <summary>Why the value was refused; marks the field invalid.</summary>
    [Parameter]
    public string? Error { get; set; }

    /// <summary>A concern that does not keep it from being saved.</summary>
    [Parameter]
    public string? Warning { get; set; }

    /// <summary>Shows the mark and says it to screen readers. Checking is the service's.</summary>
    [Parameter]
    public bool Required { get; set; }

    [Parameter]
    public bool Disabled { get; set; }

    /// <summary>The element id; give the error's key, so that an <see cref="ErrorSummary"/> can lead here.</summary>
    [Parameter]
    public string? Id { get; set; }

    /// <summary>Further attributes of the control (autocomplete, data-…).</summary>
    [Parameter(CaptureUnmatchedValues = true)]
    public IReadOnlyDictionary<string, object>? Attributes { get; set; }

    private protected string InputId => Id ?? _ownId;

    private protected string LabelId => InputId + "-label";

    private protected string? AriaInvalid => string.IsNullOrEmpty(Error) ? null : "true";

    /// <summary>What a control of the library is given beside its own parameters: its id and what the texts around it say of it.</summary>
    private protected Dictionary<string, object?> ControlAttributes
    {
        get
        {
            var all = Attributes?.ToDictionary(pair => pair.Key, pair => (object?)pair.Value) ?? [];
            all["id"] = InputId;
            all["aria-invalid"] = AriaInvalid;
            all["aria-required"] = AriaRequired;
            all["aria-describedby"] = DescribedBy;
            return all;
        }
    }

    private protected string? AriaRequired => Required ? "true" : null;

    /// <summary>The ids of the texts that <see cref="FieldNotes"/> shows, in reading order.</summary>
    private protected string? DescribedBy
    {
        get
        {
            var ids = string.Join(' ', new[]
            {
                string.IsNullOrEmpty(Error) ? null : FieldNotes.ErrorId(InputId),
                string.IsNullOrEmpty(Warning) ? null : FieldNotes.WarningId(InputId),
                string.IsNullOrEmpty(Help) ? null : FieldNotes.HelpId(InputId),
            }.OfType<string>());
            return ids.Length == 0 ? null : ids;
        }
    }
}

/// <summary>A field with one value.</summary>
public abstract class FieldBase<T> : FieldBase
{
    [Parameter]
    public T? Value { get; set; }

    [Parameter]
    public EventCallback<T?> ValueChanged { get; set; }

    private protected Task SetAsync(T? value)
    {
        // Kept here too: a parent without ValueChanged must not make the browser and this component disagree.
        Value = value;
        return ValueChanged.InvokeAsync(value);
    }
}
