using AngleSharp.Dom;
using Bunit;
using Microsoft.AspNetCore.Components;

namespace ATStatus.Tests.Support;

/// <summary>Finds controls the way people and screen readers do: by the names the contract promises.</summary>
internal static class AccessibleNames
{
    /// <summary>The button, or link that looks like one, with this name.</summary>
    public static IElement Button<T>(this IRenderedComponent<T> page, string name)
        where T : IComponent => page.FindAll("button, a.mud-button-root").Single(e => NameOf(e) == name);

    /// <summary>The field that a label with this text belongs to, or that has the name itself.</summary>
    public static IElement Field<T>(this IRenderedComponent<T> page, string label)
        where T : IComponent
    {
        if (page.FindAll("input[aria-label]").SingleOrDefault(e => e.GetAttribute("aria-label") == label) is { } named)
            return named;
        var found = page.FindAll("label").Single(e => e.TextContent.Trim() == label);
        return found.GetAttribute("for") is { } id ? page.Find($"[id='{id}']") : found.QuerySelector("input")!;
    }

    /// <summary>The message beside a field; null when there is none.</summary>
    public static string? ErrorOf<T>(this IRenderedComponent<T> page, string field)
        where T : IComponent => page.FindAll($"[id='{field}-error']").SingleOrDefault()?.TextContent.Trim();

    /// <summary>The table row of this name.</summary>
    public static IElement Row<T>(this IRenderedComponent<T> page, string name)
        where T : IComponent => page.FindAll("tbody tr").First(e => e.TextContent.Contains(name, StringComparison.Ordinal));

    private static string NameOf(IElement element) => element.GetAttribute("aria-label") ?? element.TextContent.Trim();
}
