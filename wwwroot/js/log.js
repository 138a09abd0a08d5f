// The delivery log while it is scrolled (Features/Deliveries/LogScroll.cs): a window of rows that grows at the end that is read on at
// and is cut at the other. Here the line that is read stays where it is, and the address says which line that is.
(() => {
  const NEAR = 700;     // Pixels before an end at which the next rows are asked for.
  const SETTLED = 300;  // Milliseconds without scrolling after which the address is written.

  window.atstatus.watchLog = (root, page) => {
    const bar = () => document.querySelector("header.bar")?.offsetHeight ?? 0;
    const end = name => root.querySelector(`[data-log-end="${name}"]`);
    const rows = () => root.querySelectorAll("tr[data-id]");
    const html = document.documentElement;
    const anchoring = html.style.overflowAnchor;
    html.style.overflowAnchor = "none";
    let atTop = true;
    let line = null;
    let settled = 0;
    let stopped = false;

    const firstInView = () => {
      const top = bar();
      for (const row of rows())
        if (row.getBoundingClientRect().bottom > top) return row;
      return null;
    };
    // Where the line stands in the document, so that scrolling in between does not count.
    const placeOf = row => row.getBoundingClientRect().top + scrollY;
    const remember = () => {
      const row = atTop ? null : firstInView();
      line = row && { id: row.dataset.id, place: placeOf(row) };
    };

    // Rows came or went before the line that is read: before it is painted, the page is moved by as much.
    const rendered = new MutationObserver(() => {
      const row = line && root.querySelector(`tr[data-id="${line.id}"]`);
      const moved = row ? placeOf(row) - line.place : 0;
      if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
      remember();
    });

    // Only the history's entry is rewritten: nothing is loaded again, and a reload or the way back lands here.
    const writeAddress = () => {
      if (stopped || !root.isConnected) return;
      const address = new URL(location.href);
      const row = atTop && root.dataset.newest === "true" ? null : firstInView();
      address.searchParams.delete("after");
      if (row) address.searchParams.set("before", (BigInt(row.dataset.id) + 1n).toString());
      else address.searchParams.delete("before");
      if (address.href !== location.href) history.replaceState(history.state, "", address);
    };

    const settle = () => {
      clearTimeout(settled);
      settled = setTimeout(writeAddress, SETTLED);
    };

    const ask = (method, value) => stopped ? Promise.resolve(false) : page.invokeMethodAsync(method, value).catch(() => false);

    const top = new IntersectionObserver(entries => {
      const now = entries.at(-1).isIntersecting;
      if (now === atTop) return;
      atTop = now;
      remember();
      settle();
      ask("AtTop", now);
    });

    // The first page is as long as it is; whoever scrolls gets more before the end comes into view.
    const ends = new IntersectionObserver(entries => {
      for (const entry of entries) near[entry.target.dataset.logEnd] = entry.isIntersecting;
      readOn();
    }, { rootMargin: `${NEAR}px 0px` });
    const near = { newer: false, older: false };
    const asking = { newer: false, older: false };
    const readOn = async () => {
      for (const name of ["older", "newer"]) {
        if (!near[name] || asking[name] || scrollY === 0) continue;
        asking[name] = true;
        const isMore = await ask("NearEnd", name === "older");
        asking[name] = false;
        if (!isMore || stopped) continue;
        // Looked at anew: the end may be near still.
        ends.unobserve(end(name));
        ends.observe(end(name));
      }
    };

    const scrolled = () => {
      remember();
      readOn();
      settle();
    };

    rendered.observe(root, { childList: true, subtree: true });
    top.observe(end("newer"));
    for (const name of ["newer", "older"]) ends.observe(end(name));
    addEventListener("scroll", scrolled, { passive: true });

    return {
      toTop: () => scrollTo({ top: 0, behavior: "instant" }),
      stop: () => {
        stopped = true;
        clearTimeout(settled);
        rendered.disconnect();
        top.disconnect();
        ends.disconnect();
        removeEventListener("scroll", scrolled);
        html.style.overflowAnchor = anchoring;
      },
    };
  };
})();
