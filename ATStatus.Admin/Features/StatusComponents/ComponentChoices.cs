using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>What can be chosen for a component.</summary>
internal static class ComponentChoices
{
    public static IReadOnlyList<Choice<ComponentStatus>> Statuses { get; } =
        [.. ComponentStatuses.All.Select(status => new Choice<ComponentStatus>(status, status.Label()))];
}
