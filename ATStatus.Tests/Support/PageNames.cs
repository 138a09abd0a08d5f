using Microsoft.Playwright;

namespace ATStatus.Tests.Support;

/// <summary>Finds things on a page, or in a part of one, by their accessible names.</summary>
internal static class PageNames
{
    /// <summary>The field with this label.</summary>
    public static ILocator Field(this IPage page, string label) => page.GetByLabel(label, new() { Exact = true });

    /// <summary>
    /// Chooses a file in the field with this label. The framework hears of it only once its script has taken the field over, which is after the field is
    /// there; no person is that quick.
    /// </summary>
    public static async Task ChooseFileAsync(this IPage page, string label, string path)
    {
        await Assertions.Expect(page.Field(label)).ToHaveJSPropertyAsync("_blazorInputFileNextFileId", 0);
        await page.Field(label).SetInputFilesAsync(path);
    }

    /// <summary>The button with this name.</summary>
    public static ILocator Button(this IPage page, string name) => page.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>The button with this name.</summary>
    public static ILocator Button(this ILocator part, string name) => part.GetByRole(AriaRole.Button, new() { Name = name, Exact = true });

    /// <summary>The link with this name.</summary>
    public static ILocator Link(this IPage page, string name) => page.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    /// <summary>The link with this name.</summary>
    public static ILocator Link(this ILocator part, string name) => part.GetByRole(AriaRole.Link, new() { Name = name, Exact = true });

    /// <summary>The heading with this name.</summary>
    public static ILocator Heading(this IPage page, string name) => page.GetByRole(AriaRole.Heading, new() { Name = name, Exact = true });

    /// <summary>The checkbox with this name.</summary>
    public static ILocator Checkbox(this IPage page, string name) => page.GetByRole(AriaRole.Checkbox, new() { Name = name, Exact = true });

    /// <summary>The named part of a page.</summary>
    public static ILocator Region(this IPage page, string name) => page.GetByRole(AriaRole.Region, new() { Name = name, Exact = true });

    /// <summary>The table rows that hold this text.</summary>
    public static ILocator Row(this IPage page, string text) => page.GetByRole(AriaRole.Row).Filter(new() { HasText = text });
}
