using ATStatus.Core.Events;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>
/// The events of the document, grouped; each group and the whole can be chosen at once. Behind them the additional ones, each only by itself.
/// </summary>
public sealed partial class EventPicker
{
    /// <summary>What the group of additional events is called.</summary>
    internal const string AdditionalTitle = "Additional events";

    private static readonly Group[] Groups =
    [
        // Not named as the pickers of the same form are: "Components" is what it is limited to.
        .. EventTypes.All.GroupBy(type => type.Group()).Select(group => new Group(
            group.Key switch
            {
                EventGroup.Incidents => "incident events",
                EventGroup.Maintenance => "maintenance events",
                _ => "component events",
            },
            [.. group])),
    ];

    private ElementReference _list;

    /// <summary>What is chosen; a new collection comes with every change, in the document's order, the additional ones last.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyCollection<EventType> Values { get; set; } = [];

    [Parameter]
    public EventCallback<IReadOnlyCollection<EventType>> ValuesChanged { get; set; }

    [Parameter]
    public string? Error { get; set; }

    [Inject]
    private IJSRuntime Browser { get; set; } = default!;

    private int Documented => Values.Count(type => !type.IsAdditional());

    /// <inheritdoc />
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (firstRender)
            await Browser.InvokeVoidAsync("atstatus.oneTabStop", _list);
    }

    private Task ToggleAsync(IEnumerable<EventType> types, bool on)
    {
        var chosen = Values.ToHashSet();
        if (on)
            chosen.UnionWith(types);
        else
            chosen.ExceptWith(types);
        return ValuesChanged.InvokeAsync([.. EventTypes.Selectable.Where(chosen.Contains)]);
    }

    private sealed record Group(string Words, EventType[] Types)
    {
        public string Title => char.ToUpperInvariant(Words[0]) + Words[1..];
    }
}
