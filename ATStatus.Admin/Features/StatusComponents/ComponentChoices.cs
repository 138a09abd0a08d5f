using System.Globalization;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>What can be chosen for a component.</summary>
internal static class ComponentChoices
{
    public static IReadOnlyList<Choice<ComponentStatus>> Statuses { get; } =
        [.. ComponentStatuses.All.Select(status => new Choice<ComponentStatus>(status, status.Label()))];

    /// <summary>Groups, beside the place outside of all.</summary>
    public static IReadOnlyList<Choice<int?>> Groups(IEnumerable<ComponentGroupRow> groups) =>
        [.. groups.Select(group => new Choice<int?>(group.Id, group.Name))];

    /// <summary>"99.95 %".</summary>
    public static string Percent(decimal percent) => percent.ToString("0.00", CultureInfo.InvariantCulture) + " %";
}
