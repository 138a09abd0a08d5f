using ATStatus.Core.Events;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Features.StatusComponents;

/// <summary>A line of a page's table: a group's, or a component's.</summary>
/// <param name="Group">The group.</param>
/// <param name="Row">The component.</param>
/// <param name="Place">The section's place on the page.</param>
/// <param name="Index">The component's place in its group, or on the page.</param>
/// <param name="Count">How many components of the group are shown, or how many stand beside the component.</param>
/// <param name="IsClosed">The group is folded.</param>
/// <param name="Troubled">How many components of the group are not operational.</param>
public sealed record ComponentListLine(ComponentGroupRow? Group, ComponentRow? Row, int Place, int Index, int Count, bool IsClosed = false, int Troubled = 0);

/// <summary>
/// The lines of the list of components, of all pages that are shown one after the other, and which part of them. A page's head takes the place of
/// <see cref="HeadLines"/>, so that a part is as long whether it is one page's or many short ones.
/// </summary>
internal sealed class ComponentLines
{
    /// <summary>With more components than these, groups are folded until they are opened.</summary>
    public const int MostUnfolded = 50;

    /// <summary>How many lines are shown at most.</summary>
    public const int Size = 40;

    private const int HeadLines = 3;

    private readonly Dictionary<int, List<ComponentListLine>> _shown = [];

    /// <param name="query">What is asked for.</param>
    /// <param name="pages">The pages' numbers, in their order.</param>
    /// <param name="sections">What stands on each.</param>
    public ComponentLines(ComponentListQuery query, IReadOnlyList<int> pages, IReadOnlyDictionary<int, IReadOnlyList<PageSection>> sections)
    {
        var words = new FoldedWords(query.Text);
        var matching = pages.SelectMany(page => sections[page].SelectMany(section => section.Components)).Where(row => query.Matches(row, words)).Select(row => row.Id).ToHashSet();
        Found = matching.Count;
        AreFolded = Found > MostUnfolded;
        foreach (var page in pages)
        {
            var lines = Of(query, sections[page], matching).ToList();
            if (lines.Count == 0 && (query.IsNarrowed || sections[page].Count > 0))
                continue;
            // A page without anything is shown where the end of its head is.
            Total += HeadLines;
            if (lines.Count == 0 && IsShown(query, Total - 1))
                _shown[page] = [];
            foreach (var line in lines)
            {
                if (IsShown(query, Total++))
                {
                    if (!_shown.TryGetValue(page, out var shown))
                        _shown[page] = shown = [];
                    shown.Add(line);
                }
            }
        }
    }

    /// <summary>How many components match.</summary>
    public int Found { get; }

    /// <summary>Groups are folded unless they are opened.</summary>
    public bool AreFolded { get; }

    /// <summary>How many lines there are.</summary>
    public int Total { get; }

    /// <summary>The pages of which something is shown, or that there is nothing.</summary>
    public IReadOnlyCollection<int> Pages => _shown.Keys;

    /// <summary>The lines of a page that are shown.</summary>
    public IReadOnlyList<ComponentListLine> Of(int page) => _shown.GetValueOrDefault(page) ?? [];

    /// <summary>The components that are shown, in their order.</summary>
    public IReadOnlyList<ComponentRow> Rows => [.. _shown.Values.SelectMany(lines => lines).Select(line => line.Row).OfType<ComponentRow>()];

    private static bool IsShown(ComponentListQuery query, int line) => line >= query.Offset && line < query.Offset + Size;

    private IEnumerable<ComponentListLine> Of(ComponentListQuery query, IReadOnlyList<PageSection> sections, HashSet<int> matching) => query.Sort is null
        ? InPageOrder(query, sections, matching)
        : query.Sorted(sections.SelectMany(section => section.Components).Where(row => matching.Contains(row.Id)))
            .Select((row, index) => new ComponentListLine(null, row, 0, index, matching.Count));

    // Places are those among all of the page, so that moving means the same whatever is left out.
    private IEnumerable<ComponentListLine> InPageOrder(ComponentListQuery query, IReadOnlyList<PageSection> sections, HashSet<int> matching)
    {
        for (var place = 0; place < sections.Count; place++)
        {
            var (group, components) = (sections[place].Group, sections[place].Components);
            if (group is null)
            {
                if (matching.Contains(components[0].Id))
                    yield return new ComponentListLine(null, components[0], place, place, sections.Count);
                continue;
            }
            var shown = components.Count(row => matching.Contains(row.Id));
            // Empty groups are there to be filled, but match nothing.
            if (shown == 0 && query.IsNarrowed)
                continue;
            var isClosed = query.IsClosed(group.Id, AreFolded);
            yield return new ComponentListLine(group, null, place, place, shown, isClosed, components.Count(row => row.Status != ComponentStatus.Operational));
            for (var index = 0; index < components.Count && !isClosed; index++)
            {
                if (matching.Contains(components[index].Id))
                    yield return new ComponentListLine(null, components[index], place, index, components.Count);
            }
        }
    }
}
