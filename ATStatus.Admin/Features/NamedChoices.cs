using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Admin.Features.Pickers;
using ATStatus.Core.Notifications;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Features;

/// <summary>What is chosen by its name: two of one name are told apart, see <see cref="DistinctNames"/>.</summary>
internal static class NamedChoices
{
    /// <summary>Pages, for a form or a filter.</summary>
    public static IReadOnlyList<Choice<int?>> Pages(IReadOnlyCollection<StatusPageRow> pages)
    {
        var names = DistinctNames.Of(pages);
        return [.. pages.Select(page => new Choice<int?>(page.Id, names[page.Id]))];
    }

    /// <summary>Pages to tick.</summary>
    public static IReadOnlyList<PickerOption> PageOptions(IReadOnlyCollection<StatusPageRow> pages)
    {
        var names = DistinctNames.Of(pages);
        return [.. pages.Select(page => new PickerOption(page.Id, names[page.Id]))];
    }

    /// <summary>A page's components, under the names of their groups.</summary>
    public static IReadOnlyList<PickerOption> Components(IReadOnlyCollection<ComponentRow> components)
    {
        var names = DistinctNames.Of(components);
        var groups = DistinctNames.Of(
            components.Where(component => component.GroupId is not null).DistinctBy(component => component.GroupId),
            component => component.GroupId!.Value, component => component.GroupName!);
        return [.. components.Select(component => new PickerOption(component.Id, names[component.Id], NameOf(groups, component.GroupId)))];
    }

    /// <summary>Components of several pages, under the names of their pages and groups.</summary>
    public static IReadOnlyList<PickerOption> Components(IReadOnlyCollection<ComponentChoice> components)
    {
        var pages = DistinctNames.Of(
            components.DistinctBy(component => component.StatusPageId),
            component => component.StatusPageId, component => component.StatusPageName, component => component.StatusPageSlug);
        var groups = DistinctNames.Of(
            components.Where(component => component.GroupId is not null).DistinctBy(component => component.GroupId),
            component => component.GroupId!.Value, component => component.GroupName!, component => component.StatusPageName, component => component.StatusPageSlug);
        return
        [
            .. components.GroupBy(component => component.StatusPageId).SelectMany(page =>
            {
                var names = DistinctNames.Of(page, component => component.Id, component => component.Name, component => component.GroupName ?? "no group");
                return page.Select(component => new PickerOption(
                    component.Id, names[component.Id], NameOf(groups, component.GroupId), pages.Count > 1 ? pages[page.Key] : null));
            }),
        ];
    }

    /// <summary>Groups of components, under the names of their pages.</summary>
    public static IReadOnlyList<PickerOption> Groups(IReadOnlyCollection<GroupChoice> groups)
    {
        var pages = DistinctNames.Of(
            groups.DistinctBy(group => group.StatusPageId), group => group.StatusPageId, group => group.StatusPageName, group => group.StatusPageSlug);
        var names = DistinctNames.Of(groups, group => group.Id, group => group.Name, group => group.StatusPageName, group => group.StatusPageSlug);
        return [.. groups.Select(group => new PickerOption(group.Id, names[group.Id], Page: pages.Count > 1 ? pages[group.StatusPageId] : null))];
    }

    private static string? NameOf(IReadOnlyDictionary<int, string> names, int? id) => id is { } known ? names[known] : null;

    /// <summary>Notifications, for a form or a filter.</summary>
    public static IReadOnlyDictionary<int, string> Notifications(IEnumerable<NotificationChoice> notifications) =>
        DistinctNames.Of(notifications, notification => notification.Id, notification => notification.Name);
}
