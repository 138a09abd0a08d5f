using Microsoft.Playwright;

namespace ATStatus.Tests.Support;

/// <summary>Watches what a page's updates touch: which rows they build anew or write to, and how far they move what stands there.</summary>
internal static class LayoutStability
{
    /// <summary>Watches from now on.</summary>
    /// <param name="page">The page, on which nothing is under way.</param>
    /// <param name="rows">What is watched, as a selector: each is known by the text at its beginning.</param>
    public static Task WatchAsync(IPage page, string rows) => page.EvaluateAsync(
        """
        rows => {
          const watch = window.layoutStability = { touched: new Set(), shift: 0 };
          const known = new Map([...document.querySelectorAll(rows)].map(row => [row, row.textContent.trim().replace(/\s+/g, " ").slice(0, 80)]));
          watch.count = known.size;
          watch.gone = () => [...known].filter(([row]) => !row.isConnected).map(([, text]) => text);
          new MutationObserver(records => {
            for (const record of records) {
              const target = record.target.nodeType === 1 ? record.target : record.target.parentElement;
              // How long ago something was, grows by itself.
              if (!target || target.closest("time")) continue;
              const row = target.closest(rows);
              if (row && known.has(row)) watch.touched.add(known.get(row));
              for (const node of record.removedNodes) for (const [old, text] of known) if (node === old || node.contains?.(old)) watch.touched.add(text);
            }
          }).observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
          new PerformanceObserver(list => {
            for (const entry of list.getEntries()) if (!entry.hadRecentInput) watch.shift += entry.value;
          }).observe({ type: "layout-shift" });
        }
        """,
        rows);

    /// <summary>How many rows are watched.</summary>
    public static Task<int> CountAsync(IPage page) => page.EvaluateAsync<int>("() => window.layoutStability.count");

    /// <summary>The rows, as they began, that have been written to, replaced or taken away.</summary>
    public static Task<string[]> TouchedAsync(IPage page) =>
        page.EvaluateAsync<string[]>("() => [...new Set([...window.layoutStability.touched, ...window.layoutStability.gone()])]");

    /// <summary>How much has moved without the reader's doing: the sum of https://wicg.github.io/layout-instability/ since the beginning.</summary>
    public static Task<double> ShiftAsync(IPage page) =>
        page.EvaluateAsync<double>("() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(window.layoutStability.shift))))");
}
