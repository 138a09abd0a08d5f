using ATStatus.Admin.Components.Shared.Fields;
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

    /// <summary>A page's components, under the names of their groups.</summary>
    public static IReadOnlyList<Choice<int>> Components(IEnumerable<ComponentRow> components)
    {
        var rows = components.ToList();
        var names = DistinctNames.Of(rows);
        return [.. rows.Select(row => new Choice<int>(row.Id, names[row.Id], row.GroupName))];
    }

    /// <summary>Components of several pages, under the names of their pages.</summary>
    public static IReadOnlyList<Choice<int>> Components(IReadOnlyCollection<ComponentChoice> components)
    {
        var pages = PagesOf(components);
        return
        [
            .. components.GroupBy(component => component.StatusPageId).SelectMany(page => OfOnePage(page.ToList())
                .Select(component => new Choice<int>(component.Key, component.Value, pages[page.Key]))),
        ];
    }

    /// <summary>The names of the pages that components are on.</summary>
    public static IReadOnlyDictionary<int, string> PagesOf(IEnumerable<ComponentChoice> components) => DistinctNames.Of(
        components.DistinctBy(component => component.StatusPageId),
        component => component.StatusPageId, component => component.StatusPageName, component => component.StatusPageSlug);

    /// <summary>The names of components that stand under their page's name.</summary>
    public static IReadOnlyDictionary<int, string> OfOnePage(IEnumerable<ComponentChoice> components) => DistinctNames.Of(
        components, component => component.Id, component => component.Name, component => component.GroupName ?? "no group");

    /// <summary>Notifications, for a form or a filter.</summary>
    public static IReadOnlyDictionary<int, string> Notifications(IEnumerable<NotificationChoice> notifications) =>
        DistinctNames.Of(notifications, notification => notification.Id, notification => notification.Name);
}
