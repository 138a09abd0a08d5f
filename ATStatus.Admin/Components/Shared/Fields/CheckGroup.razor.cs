using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Components.Shared.Fields;

/// <summary>Any of a few that are always the same, as a named group of checkboxes: scopes, kinds. Of what people make there can be many: that is the picker's.</summary>
public sealed partial class CheckGroup<T>
{
    [Parameter, EditorRequired]
    public IReadOnlyList<Choice<T>> Options { get; set; } = [];

    /// <summary>What is chosen. A new collection comes with every change, in the order of the options.</summary>
    [Parameter]
    public IReadOnlyCollection<T> Values { get; set; } = [];

    [Parameter]
    public EventCallback<IReadOnlyCollection<T>> ValuesChanged { get; set; }

    /// <summary>Monospace: event names.</summary>
    [Parameter]
    public bool Mono { get; set; }

    [Parameter]
    public string EmptyText { get; set; } = "Nothing to choose from yet.";

    private Task ToggleAsync(T value, bool on)
    {
        var chosen = Values.ToHashSet();
        if (on)
            chosen.Add(value);
        else
            chosen.Remove(value);
        // Chosen values that are no longer offered stay: what is not shown must not be lost by a click beside it.
        var offered = Options.Select(option => option.Value).ToHashSet();
        Values = [.. Options.Select(option => option.Value).Where(chosen.Contains), .. chosen.Where(item => !offered.Contains(item))];
        return ValuesChanged.InvokeAsync(Values);
    }
}
