using Microsoft.Playwright;

namespace ATStatus.Bench.Browser;

/// <summary>When a page has its content: a heading is visible, no loading row is, and nothing has changed for a while.</summary>
internal static class PageContent
{
    /// <summary>Runs in each page before its own scripts: notes when the page last changed, in milliseconds since its navigation began.</summary>
    public const string Watch = """
        window.benchChanged = 0;
        new MutationObserver(() => window.benchChanged = performance.now())
            .observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
        """;

    // The quiet time shows that it is over, and is not part of it: what is answered is when the page last changed.
    private const string Settled = """
        () => {
            const isShown = element => element.checkVisibility();
            if (![...document.querySelectorAll('h1')].some(h => isShown(h) && h.textContent.trim())) return false;
            if ([...document.querySelectorAll('.loading')].some(isShown)) return false;
            return performance.now() - window.benchChanged >= 100 && window.benchChanged;
        }
        """;

    private const string Quiet = "() => performance.now() - window.benchChanged >= 100";

    /// <returns>Milliseconds from the navigation to the last change.</returns>
    public static async Task<double> SettledAsync(IPage page)
    {
        var handle = await page.WaitForFunctionAsync(Settled);
        return await handle.JsonValueAsync<double>();
    }

    /// <summary>Waits until the page has not changed for a moment.</summary>
    public static Task QuietAsync(IPage page) => page.WaitForFunctionAsync(Quiet);

    /// <summary>How many elements the page has, and how high it is.</summary>
    public static async Task<(int Nodes, int Height)> SizeAsync(IPage page)
    {
        var size = await page.EvaluateAsync<int[]>("""
            () => [document.querySelectorAll('*').length, Math.max(document.documentElement.scrollHeight, document.querySelector('main')?.scrollHeight ?? 0)]
            """);
        return (size[0], size[1]);
    }
}
