using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>
/// One of several, as a native select (role combobox). The HTML value of an option is its value's invariant text, so values
/// must differ in it: ids, enums, strings.
/// </summary>
/// <typeparam name="T">The value; nullable when nothing may be chosen.</typeparam>
public sealed partial class SelectInput<T>
{
    [Parameter, EditorRequired]
    public IEnumerable<Choice<T>> Options { get; set; } = [];

    /// <summary>An entry for "nothing chosen"; choosing it gives <c>default</c>. Without it the browser shows the first option.</summary>
    [Parameter]
    public string? Placeholder { get; set; }

    /// <summary>For table rows and filter bars.</summary>
    [Parameter]
    public bool Small { get; set; }

    private IEnumerable<IGrouping<string?, Choice<T>>> Groups => Options.GroupBy(option => option.Group);

    private string SelectedKey
    {
        get
        {
            var key = Choice<T>.KeyOf(Value);
            return Options.Any(option => option.Key == key) ? key : "";
        }
    }

    private Task SetKeyAsync(string? key)
    {
        var chosen = Options.FirstOrDefault(option => option.Key == key);
        return SetAsync(chosen is null ? default : chosen.Value);
    }
}
