using System.Globalization;
using ATStatus.Admin.Components.Browser;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>
/// A minute, typed in the viewer's time zone and given as UTC; null while nothing complete is typed. Unless it has its own
/// help text, the zone stands under it. Of a time that the clocks skip or go back over it says which instant is used; where
/// that must be chosen there is <see cref="LocalDateTimeInput"/>.
/// </summary>
public sealed partial class DateTimeInput
{
    private const string Format = "yyyy-MM-dd'T'HH:mm";
    // Not written in the markup: there the compiler would bind a DateTime, and half-typed text would be lost.
    private const string InputType = "datetime-local";
    private string _text = "";
    private DateTime? _valueOfText;

    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    /// <summary>The time that the warning ends with.</summary>
    [Parameter]
    public NoteTime? WarningTime { get; set; }

    /// <summary>The time that the help text ends with.</summary>
    [Parameter]
    public NoteTime? HelpTime { get; set; }

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        Help ??= $"Your time zone: {Clock.ZoneName}";
        // While the value is the one just typed, the text stays as typed.
        if (Value == _valueOfText)
            return;
        _valueOfText = Value;
        _text = Value is { } utc ? Clock.ToLocal(utc).ToString(Format, CultureInfo.InvariantCulture) : "";
        Warning = null;
    }

    private Task SetTextAsync(string? text)
    {
        _text = text ?? "";
        // Browsers leave seconds out when they are zero and send them when they were typed.
        var complete = DateTime.TryParse(_text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local);
        _valueOfText = complete ? Clock.ToUtc(local) : null;
        Warning = complete ? Clock.Doubt(local) : null;
        return SetAsync(_valueOfText);
    }
}
