using ATStatus.Core.Events;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Admin.Features.Notifications;

/// <summary>The nine events, grouped; each group and the whole can be chosen at once.</summary>
public sealed partial class EventPicker
{
    private static readonly Group[] Groups =
    [
        .. EventTypes.All.GroupBy(type => type.Group()).Select(group => new Group(
            group.Key.ToString(),
            group.Key switch
            {
                EventGroup.Incidents => "All incident events",
                EventGroup.Maintenance => "All maintenance events",
                _ => "All component events",
            },
            [.. group])),
    ];

    /// <summary>What is chosen; a new collection comes with every change, in the document's order.</summary>
    [Parameter, EditorRequired]
    public IReadOnlyCollection<EventType> Values { get; set; } = [];

    [Parameter]
    public EventCallback<IReadOnlyCollection<EventType>> ValuesChanged { get; set; }

    [Parameter]
    public string? Error { get; set; }

    private Task ToggleAsync(IEnumerable<EventType> types, bool on)
    {
        var chosen = Values.ToHashSet();
        if (on)
            chosen.UnionWith(types);
        else
            chosen.ExceptWith(types);
        return ValuesChanged.InvokeAsync([.. EventTypes.All.Where(chosen.Contains)]);
    }

    private sealed record Group(string Title, string AllLabel, EventType[] Types);
}
