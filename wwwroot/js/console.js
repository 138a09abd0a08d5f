// What the console's components ask of the browser. Called by name from C# (window.atstatus.…).
(() => {
  // The clipboard API exists on https and localhost only; consoles are also run on plain http in a private network.
  const copyOldWay = text => {
    const area = document.createElement("textarea");
    area.value = text;
    area.setAttribute("readonly", "");
    area.style.position = "fixed";
    area.style.opacity = "0";
    const before = document.activeElement;
    (document.querySelector("dialog[open]") ?? document.body).append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    before?.focus?.();
    return done;
  };

  window.atstatus = {
    environment: () => ({
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC",
      hour12: new Intl.DateTimeFormat(navigator.language, { hour: "numeric" }).resolvedOptions().hour12 === true,
    }),

    copy: async text => {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        return copyOldWay(text);
      }
    },

    // Focuses the field with this id; false when the page has none. A group stands for its first control.
    focus: id => {
      const found = document.getElementById(id);
      const target = found?.matches("input, select, textarea, button, a, [tabindex]") ? found : found?.querySelector("input, select, textarea, button");
      target?.focus();
      target?.scrollIntoView({ block: "center" });
      return Boolean(target);
    },

    // Gives the focus back to what was moved, without scrolling further than it takes to see it.
    refocus: id => {
      const target = document.getElementById(id);
      target?.focus({ preventScroll: true });
      target?.scrollIntoView({ block: "nearest" });
    },

    // A checkbox's third look, which HTML has no attribute for.
    setIndeterminate: (input, on) => { input.indeterminate = on; },

    // The browser's own modal dialog: traps the focus, closes on Escape, gives the focus back to where it was.
    openDialog: element => { if (!element.open) element.showModal(); },
    closeDialog: element => { if (element.open) element.close(); },
  };

  // A closed select changes with every arrow key and letter. Where a change is saved at once (data-pick) these keys open the
  // picker instead, so that one choice is one change.
  const steps = ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight", "Home", "End", "PageUp", "PageDown"];
  let picking = null;
  const isOpen = select => {
    try { return select.matches(":open"); } catch { return picking === select; }
  };
  document.addEventListener("keydown", event => {
    const select = event.target.closest?.("select[data-pick]");
    if (!select || event.ctrlKey || event.metaKey || event.altKey || !select.showPicker || isOpen(select)) return;
    if (!steps.includes(event.key) && (event.key.length !== 1 || event.key === " ")) return;
    event.preventDefault();
    try {
      select.showPicker();
      picking = select;
    } catch { /* no picker here; Space and Enter still open what there is */ }
  }, true);
  for (const name of ["change", "focusout"])
    document.addEventListener(name, event => { if (event.target === picking) picking = null; }, true);

  // Rows that are dragged to another place. Blazor hears of start and drop; what must be answered at once is answered here.
  let dragging = null;
  let over = null;
  const mark = row => {
    over?.classList.remove("drop-here");
    over = row;
    over?.classList.add("drop-here");
  };
  document.addEventListener("dragstart", event => {
    dragging = event.target.closest?.("[data-sortable]");
    if (!dragging) return;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", "");
  });
  document.addEventListener("dragover", event => {
    const row = dragging && event.target.closest?.("tr[draggable]");
    const fits = row && row.closest("[data-sortable]") === dragging;
    if (fits) event.preventDefault();
    if (over !== (fits ? row : null)) mark(fits ? row : null);
  });
  for (const name of ["drop", "dragend"])
    document.addEventListener(name, event => {
      if (dragging && name === "drop") event.preventDefault();
      mark(null);
      dragging = null;
    });

  // After a restart of the server the circuit is gone. A page that is only read loads itself again;
  // a page somebody was typing in stays as it is, so that the text can still be copied.
  let typedAt = null;
  document.addEventListener("input", event => { if (event.target.closest?.("form")) typedAt = location.href; });

  document.addEventListener("components-reconnect-state-changed", event => {
    if (event.detail?.state === "rejected" && typedAt !== location.href) location.reload();
  }, true);

  document.addEventListener("click", async event => {
    const action = event.target.closest?.("[data-reconnect]")?.dataset.reconnect;
    if (action === "reload") location.reload();
    if (action === "retry" && !await Blazor.reconnect()) location.reload();
  });
})();
