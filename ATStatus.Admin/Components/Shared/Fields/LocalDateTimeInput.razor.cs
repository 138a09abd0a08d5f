using System.Globalization;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>
/// A minute of a wall clock, given as typed and of no kind: whose clock it is, the page says; null while nothing complete is
/// typed. For the viewer's own clock there is <see cref="DateTimeInput"/>.
/// </summary>
public sealed partial class LocalDateTimeInput
{
    private const string Format = "yyyy-MM-dd'T'HH:mm";
    // Not written in the markup: there the compiler would bind a DateTime, and half-typed text would be lost.
    private const string InputType = "datetime-local";
    private string _text = "";
    private DateTime? _valueOfText;

    /// <summary>The time that the warning ends with.</summary>
    [Parameter]
    public NoteTime? WarningTime { get; set; }

    /// <summary>The time that the help text ends with.</summary>
    [Parameter]
    public NoteTime? HelpTime { get; set; }

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        // While the value is the one just typed, the text stays as typed.
        if (Value == _valueOfText)
            return;
        _valueOfText = Value;
        _text = Value is { } local ? local.ToString(Format, CultureInfo.InvariantCulture) : "";
    }

    private Task SetTextAsync(string? text)
    {
        _text = text ?? "";
        // Browsers leave seconds out when they are zero and send them when they were typed.
        _valueOfText = DateTime.TryParse(_text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local)
            ? DateTime.SpecifyKind(local, DateTimeKind.Unspecified)
            : null;
        return SetAsync(_valueOfText);
    }
}
