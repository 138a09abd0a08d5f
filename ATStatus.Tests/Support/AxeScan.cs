using Deque.AxeCore.Commons;
using Microsoft.Playwright;

namespace ATStatus.Tests.Support;

/// <summary>
/// Runs axe-core, which the package brings along, on what a page shows: https://github.com/dequelabs/axe-core/blob/develop/doc/rule-descriptions.md.
/// It looks at what is rendered, so folded, closed and hidden parts are seen only once they are open.
/// </summary>
internal static class AxeScan
{
    // As a function's body: what a page evaluates is no script element, so the content security policy has nothing against it.
    private static readonly Lazy<string> Script = new(() => $"() => {{ {new BundledAxeScriptProvider().GetScript()} }}");

    /// <summary>What axe calls serious or critical, one text an element.</summary>
    /// <param name="page">The page as it stands.</param>
    /// <param name="colours">Whether to look at colours alone: all that another theme changes.</param>
    public static async Task<IReadOnlyList<string>> FindingsAsync(IPage page, bool colours = false)
    {
        if (!await page.EvaluateAsync<bool>("() => Boolean(window.axe)"))
            await page.EvaluateAsync(Script.Value);
        return await page.EvaluateAsync<string[]>(
            """
            async colours => {
              const options = { resultTypes: ["violations"], preload: false };
              if (colours) options.runOnly = ["color-contrast", "link-in-text-block"];
              const { violations } = await axe.run(document, options);
              return violations
                .filter(finding => ["serious", "critical"].includes(finding.impact))
                .flatMap(finding => finding.nodes.map(node =>
                  `${finding.id} (${finding.impact}): ${node.target.join(" ")}: ${(node.any[0] ?? node.all[0] ?? node.none[0])?.message ?? finding.help}`));
            }
            """,
            colours);
    }
}
