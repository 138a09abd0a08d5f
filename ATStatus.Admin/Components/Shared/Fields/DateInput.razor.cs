using System.Globalization;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>A day of the calendar; null while nothing complete is typed. Whose day it is, the page says.</summary>
public sealed partial class DateInput
{
    private const string Format = "yyyy-MM-dd";
    // Not written in the markup: there the compiler would bind a DateTime, and half-typed text would be lost.
    private const string InputType = "date";
    private string _text = "";
    private DateOnly? _valueOfText;

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        // While the value is the one just typed, the text stays as typed.
        if (Value == _valueOfText)
            return;
        _valueOfText = Value;
        _text = Value is { } day ? day.ToString(Format, CultureInfo.InvariantCulture) : "";
    }

    private Task SetTextAsync(string? text)
    {
        _text = text ?? "";
        _valueOfText = DateOnly.TryParseExact(_text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
        return SetAsync(_valueOfText);
    }
}
