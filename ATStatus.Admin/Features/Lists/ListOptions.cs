using System.Globalization;
using ATStatus.Admin.Components.Shared.Fields;
using ATStatus.Core.StatusPages;

namespace ATStatus.Admin.Features.Lists;

/// <summary>What can be chosen in a list's filters of what is stored.</summary>
internal static class ListOptions
{
    /// <summary>The status page; no choice where there is one only.</summary>
    public static Dictionary<string, IReadOnlyList<Choice<string>>> Pages(IReadOnlyCollection<StatusPageRow> pages) => pages.Count < 2 ? [] : new()
    {
        ["page"] = [.. NamedChoices.Pages(pages).Select(page => new Choice<string>(page.Value!.Value.ToString(CultureInfo.InvariantCulture), page.Text))],
    };
}
