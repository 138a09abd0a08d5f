using System.Globalization;

namespace ATStatus.Core.StatusPages;

/// <summary>
/// Names for lists in which something is chosen: a page or component as it is called, and only where several are called the same,
/// with what tells them apart beside it.
/// </summary>
public static class DistinctNames
{
    /// <summary>
    /// The text for each item. Where texts are the same, what the first of <paramref name="beside"/> says of the item follows in
    /// brackets, then the next, and in the end its number.
    /// </summary>
    /// <param name="items">All that stand in the list.</param>
    /// <param name="beside">What tells items of one name apart, the most telling first; null for an item of which it says nothing.</param>
    public static IReadOnlyDictionary<int, string> Of<T>(
        IEnumerable<T> items, Func<T, int> id, Func<T, string> name, params IReadOnlyList<Func<T, string?>> beside)
    {
        var entries = items.Select(item => (Item: item, Parts: new List<string>())).ToList();
        string TextOf((T Item, List<string> Parts) entry) =>
            entry.Parts.Count == 0 ? name(entry.Item) : $"{name(entry.Item)} ({string.Join(", ", entry.Parts)})";
        foreach (var next in beside.Append(item => "#" + id(item).ToString(CultureInfo.InvariantCulture)))
        {
            var same = entries.GroupBy(TextOf).Where(g => g.Count() > 1).SelectMany(g => g).ToList();
            foreach (var entry in same)
            {
                if (next(entry.Item) is { Length: > 0 } part)
                    entry.Parts.Add(part);
            }
        }
        return entries.ToDictionary(entry => id(entry.Item), TextOf);
    }

    /// <summary>Pages, with their slugs where names are the same.</summary>
    public static IReadOnlyDictionary<int, string> Of(IEnumerable<StatusPageRow> pages) => Of(pages, page => page.Id, page => page.Name, page => page.Slug);

    /// <summary>Components of one page, with their groups where names are the same.</summary>
    public static IReadOnlyDictionary<int, string> Of(IEnumerable<ComponentRow> components) =>
        Of(components, row => row.Id, row => row.Name, row => row.GroupName ?? NoGroup);

    /// <summary>What stands beside a component of no group.</summary>
    internal const string NoGroup = "no group";
}
