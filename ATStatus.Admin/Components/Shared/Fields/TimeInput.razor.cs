using System.Globalization;
using ATStatus.Admin.Components.Browser;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>A day or a minute in the browser's own control; null while nothing complete is typed.</summary>
public abstract partial class TimeInput<T>
{
    private string _text = "";
    private T? _valueOfText;

    /// <summary>The time that the warning ends with.</summary>
    [Parameter]
    public NoteTime? WarningTime { get; set; }

    /// <summary>The time that the help text ends with.</summary>
    [Parameter]
    public NoteTime? HelpTime { get; set; }

    // Not written in the markup: there the compiler would bind a DateTime, and half-typed text would be lost.
    private protected virtual string InputType => "datetime-local";

    private protected virtual string Latest => "9999-12-31T23:59";

    /// <summary>The text that the browser's control shows for a value.</summary>
    private protected abstract string TextOf(T value);

    /// <summary>The value of a text; null for one that is not complete.</summary>
    private protected abstract T? ValueOf(string text);

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        // While the value is the one just typed, the text stays as typed.
        if (EqualityComparer<T?>.Default.Equals(Value, _valueOfText))
            return;
        _valueOfText = Value;
        _text = Value is { } value ? TextOf(value) : "";
        Taken();
    }

    /// <summary>A value came that was not typed here.</summary>
    private protected virtual void Taken()
    {
    }

    private Task SetTextAsync(string? text)
    {
        _text = text ?? "";
        _valueOfText = ValueOf(_text);
        return SetAsync(_valueOfText);
    }
}

/// <summary>A day of the calendar. Whose day it is, the page says.</summary>
public sealed class DateInput : TimeInput<DateOnly?>
{
    private const string Format = "yyyy-MM-dd";

    private protected override string InputType => "date";

    private protected override string Latest => "9999-12-31";

    private protected override string TextOf(DateOnly? value) => value!.Value.ToString(Format, CultureInfo.InvariantCulture);

    private protected override DateOnly? ValueOf(string text) =>
        DateOnly.TryParseExact(text, Format, CultureInfo.InvariantCulture, DateTimeStyles.None, out var day) ? day : null;
}

/// <summary>
/// A minute of a wall clock, given as typed and of no kind: whose clock it is, the page says. For the viewer's own clock there is
/// <see cref="DateTimeInput"/>.
/// </summary>
public sealed class LocalDateTimeInput : TimeInput<DateTime?>
{
    internal const string Format = "yyyy-MM-dd'T'HH:mm";

    /// <summary>What was typed; browsers leave seconds out when they are zero and send them when they were typed.</summary>
    internal static DateTime? Parse(string text) =>
        DateTime.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.None, out var local) ? DateTime.SpecifyKind(local, DateTimeKind.Unspecified) : null;

    private protected override string TextOf(DateTime? value) => value!.Value.ToString(Format, CultureInfo.InvariantCulture);

    private protected override DateTime? ValueOf(string text) => Parse(text);
}

/// <summary>
/// A minute, typed in the viewer's time zone and given as UTC. Unless it has its own help text, the zone stands under it. Of a time that the
/// clocks skip or go back over it says which instant is used; where that must be chosen there is <see cref="LocalDateTimeInput"/>.
/// </summary>
public sealed class DateTimeInput : TimeInput<DateTime?>
{
    [Inject]
    private BrowserClock Clock { get; set; } = default!;

    /// <inheritdoc />
    protected override void OnParametersSet()
    {
        Help ??= $"Your time zone: {Clock.ZoneName}";
        base.OnParametersSet();
    }

    private protected override void Taken() => Warning = null;

    private protected override string TextOf(DateTime? value) => Clock.ToLocal(value!.Value).ToString(LocalDateTimeInput.Format, CultureInfo.InvariantCulture);

    private protected override DateTime? ValueOf(string text)
    {
        var local = LocalDateTimeInput.Parse(text);
        Warning = local is { } typed ? Clock.Doubt(typed) : null;
        return local is { } complete ? Clock.ToUtc(complete) : null;
    }
}
