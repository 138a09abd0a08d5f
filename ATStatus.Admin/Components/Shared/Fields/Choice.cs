using System.Globalization;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>One thing to choose.</summary>
/// <param name="Value">What the choice means.</param>
/// <param name="Text">What it is called; the accessible name.</param>
/// <param name="Group">A heading over the options that share it; they stand together.</param>
/// <param name="Icon">A MudBlazor icon, for <see cref="RadioInput{T}"/>.</param>
/// <param name="Disabled">Shown but not to be chosen.</param>
public sealed record Choice<T>(T Value, string Text, string? Group = null, string? Icon = null, bool Disabled = false)
{
    /// <summary>The value as the HTML says it.</summary>
    internal string Key => KeyOf(Value);

    internal static string KeyOf(T? value) => Convert.ToString(value, CultureInfo.InvariantCulture) ?? "";
}
