// The delivery log while it is scrolled (Features/Deliveries/LogScroll.cs): a window of rows that grows at the end that is read on at
// and is cut at the other. Here the line that is read stays where it is, and the address says which line that is.
(() => {
  const NEAR = 700;     // Pixels before an end at which the next rows are asked for.
  const SETTLED = 300;  // Milliseconds without scrolling after which the address is written.
  const PATIENCE = 8000; // Milliseconds after which an answer counts as lost, as one that was on its way when the connection broke.

  // A delivery's page leads back to the log as it was: filters and the line that was read. Kept from the moment that the log is left for a
  // delivery, so that a delivery which one comes to from elsewhere leads to the whole log.
  const LEFT = "atstatus.log";
  const isDelivery = () => /\/admin\/deliveries\/\d+$/.test(location.pathname);
  let search = "";
  const keepWay = () => {
    try {
      if (isDelivery()) sessionStorage.setItem(LEFT, search);
      else sessionStorage.removeItem(LEFT);
    } catch { /* denied: back leads to the whole log */ }
  };
  for (const name of ["pointerdown", "click", "focusin"])
    addEventListener(name, event => {
      // When the log is told that it is left, the address is the next page's already.
      if (/\/admin\/deliveries$/.test(location.pathname)) search = location.search;
      const link = event.target.closest?.('a.back[href^="admin/deliveries"]');
      if (!link || !isDelivery()) return;
      try { link.setAttribute("href", "admin/deliveries" + (sessionStorage.getItem(LEFT) ?? "")); } catch { /* denied */ }
    }, true);

  window.atstatus.watchLog = (root, page) => {
    const bar = () => document.querySelector("header.mud-appbar")?.offsetHeight ?? 0;
    const end = name => root.querySelector(`[data-log-end="${name}"]`);
    const rows = () => root.querySelectorAll("tr[data-id]");
    const html = document.documentElement;
    const anchoring = html.style.overflowAnchor;
    html.style.overflowAnchor = "none";
    let atTop = true;
    let line = null;
    let settled = 0;
    let written = null;
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
      const row = atTop && root.dataset.newest === "true" ? null : firstInView();
      line = row && { id: row.dataset.id, place: placeOf(row) };
    };

    // Rows came or went before the line that is read: before it is painted, the page is moved by as much.
    const rendered = new MutationObserver(() => {
      const row = line && root.querySelector(`tr[data-id="${line.id}"]`);
      const moved = row ? placeOf(row) - line.place : 0;
      if (Math.abs(moved) >= 1) scrollBy({ top: moved, behavior: "instant" });
      remember();
      // What was written while these rows were on their way names one of the rows before, and they may come without any scrolling.
      if (location.href === written) settle();
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
      written = address.href;
    };

    const settle = () => {
      clearTimeout(settled);
      settled = setTimeout(writeAddress, SETTLED);
    };

    // Undefined when no answer came: asked again with the next scrolling.
    const ask = (method, value) => stopped ? Promise.resolve() : Promise.race([
      page.invokeMethodAsync(method, value).catch(() => undefined),
      new Promise(done => setTimeout(done, PATIENCE)),
    ]);

    let reported = true;
    let reporting = false;
    const tellTop = async () => {
      while (reported !== atTop && !reporting && !stopped) {
        reporting = true;
        const now = atTop;
        const answer = await ask("AtTop", now);
        reporting = false;
        if (answer === undefined) return;
        reported = now;
      }
    };

    const top = new IntersectionObserver(entries => {
      const now = entries.at(-1).isIntersecting;
      if (now === atTop) return;
      atTop = now;
      remember();
      settle();
      tellTop();
    });

    // The first page is as long as it is; whoever scrolls, or tries to, gets more before the end comes into view.
    let hasScrolled = false;
    const ends = new IntersectionObserver(entries => {
      for (const entry of entries) near[entry.target.dataset.logEnd] = entry.isIntersecting;
      readOn();
    }, { rootMargin: `${NEAR}px 0px` });
    const near = { newer: false, older: false };
    const asking = { newer: false, older: false };
    const readOn = async () => {
      for (const name of ["older", "newer"]) {
        if (!near[name] || asking[name] || !hasScrolled) continue;
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
      hasScrolled ||= scrollY > 0;
      remember();
      tellTop();
      readOn();
      settle();
    };
    // At the very top nothing scrolls, though there may be newer rows.
    const turned = () => {
      hasScrolled = true;
      remember();
      readOn();
    };

    rendered.observe(root, { childList: true, subtree: true });
    top.observe(end("newer"));
    for (const name of ["newer", "older"]) ends.observe(end(name));
    addEventListener("scroll", scrolled, { passive: true });
    for (const name of ["wheel", "touchmove"]) addEventListener(name, turned, { passive: true });

    return {
      toTop: () => scrollTo({ top: 0, behavior: "instant" }),
      stop: () => {
        stopped = true;
        keepWay();
        clearTimeout(settled);
        rendered.disconnect();
        top.disconnect();
        ends.disconnect();
        removeEventListener("scroll", scrolled);
        for (const name of ["wheel", "touchmove"]) removeEventListener(name, turned);
        html.style.overflowAnchor = anchoring;
      },
    };
  };
})();
