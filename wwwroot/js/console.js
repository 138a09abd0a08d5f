// What the console's components ask of the browser. Called by name from C# (window.atstatus.…).
(() => {
  // What js/reconnect.js keeps of a page is for whoever typed it, not for whoever signs in next.
  if (/\/(login|logout)$/.test(location.pathname)) {
    try { sessionStorage.removeItem("atstatus.typed"); } catch { /* denied: there is nothing */ }
  }

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

  // "dmy", "mdy" or "ymd": the order in which the viewer's language writes a date.
  const dateOrder = () => new Intl.DateTimeFormat(navigator.language, { day: "numeric", month: "short", year: "numeric" })
    .formatToParts().filter(part => ["day", "month", "year"].includes(part.type)).map(part => part.type[0]).join("");

  window.atstatus = {
    environment: () => ({
      timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "UTC",
      hour12: new Intl.DateTimeFormat(navigator.language, { hour: "numeric" }).resolvedOptions().hour12 === true,
      order: dateOrder(),
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

    // Opens a details element and goes to its head.
    reveal: id => {
      const found = document.getElementById(id);
      if (!found) return;
      found.open = true;
      found.querySelector("summary")?.focus({ preventScroll: true });
      found.scrollIntoView({ block: "nearest" });
    },

    // A checkbox's third look, which HTML has no attribute for.
    setIndeterminate: (input, on) => { input.indeterminate = on; },

    // The browser's own modal dialog: traps the focus, closes on Escape, gives the focus back to where it was.
    openDialog: element => { if (!element.open) element.showModal(); },
    closeDialog: element => { if (element.open) element.close(); },
  };

  // A closed select changes with every arrow key and letter. Where a change is saved at once (data-pick: a component's group, which
  // notifies no one) these keys open the picker instead, so that one choice is one change.
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

  // Rows that are dragged to another place, by mouse, pen or finger. A mouse takes a row anywhere but at its controls, a finger by
  // its grip: elsewhere it scrolls. Blazor hears of it when it is over, by the events that the browser's own dragging has: dragstart
  // at the row that was taken, drop at the one it was let go over.
  let drag = null;
  const marks = ["drop-before", "drop-after", "drop-into"];
  const markOf = over => {
    if (over.matches(".group-row") && !drag.row.matches(".group-row")) return "drop-into";
    const follows = drag.row.compareDocumentPosition(over) & Node.DOCUMENT_POSITION_FOLLOWING;
    // Taking the place of a later one of the same list means standing behind it: that one moves up.
    return follows && (drag.row.dataset.list === over.dataset.list || drag.row.matches(".group-row")) ? "drop-after" : "drop-before";
  };
  const hover = () => {
    const row = document.elementFromPoint(drag.x, drag.y)?.closest("tr[data-list]");
    const over = row && row !== drag.row && drag.table.contains(row) ? row : null;
    if (over === drag.over) return;
    drag.over?.classList.remove(...marks);
    over?.classList.add(markOf(over));
    drag.over = over;
  };
  // A list can be longer than the screen.
  const scroll = () => {
    if (!drag?.moving) return;
    const by = drag.y < 100 ? -8 : drag.y > innerHeight - 60 ? 8 : 0;
    if (by) {
      scrollBy({ top: by, behavior: "instant" });
      hover();
    }
    requestAnimationFrame(scroll);
  };
  const swallow = event => {
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  const endDrag = dropped => {
    const { row, over, moving } = drag;
    row.classList.remove("dragging");
    over?.classList.remove(...marks);
    drag = null;
    if (!moving) return;
    // The browser takes what ended for a click when it ended on the link it began on.
    addEventListener("click", swallow, true);
    setTimeout(() => removeEventListener("click", swallow, true));
    if (!dropped || !over?.isConnected || !row.isConnected) return;
    const like = { bubbles: true, dataTransfer: new DataTransfer() };
    row.dispatchEvent(new DragEvent("dragstart", like));
    over.dispatchEvent(new DragEvent("drop", like));
  };
  document.addEventListener("pointerdown", event => {
    const row = event.target.closest?.("[data-sortable] tr[data-list]");
    if (!row || drag || !event.isPrimary || event.button !== 0) return;
    const taken = event.target.closest("[data-grip]")
      || (event.pointerType === "mouse" && !event.target.closest("button, input, select, textarea, label"));
    if (taken)
      drag = { row, table: row.closest("[data-sortable]"), pointer: event.pointerId, x: event.clientX, y: event.clientY, over: null, moving: false };
  });
  document.addEventListener("pointermove", event => {
    if (event.pointerId !== drag?.pointer) return;
    if (!drag.moving && Math.hypot(event.clientX - drag.x, event.clientY - drag.y) < 5) return;
    Object.assign(drag, { x: event.clientX, y: event.clientY });
    if (!drag.moving) {
      drag.moving = true;
      drag.row.classList.add("dragging");
      requestAnimationFrame(scroll);
    }
    hover();
  });
  document.addEventListener("pointerup", event => { if (event.pointerId === drag?.pointer) endDrag(true); });
  document.addEventListener("pointercancel", event => { if (event.pointerId === drag?.pointer) endDrag(false); });
  document.addEventListener("keydown", event => { if (drag?.moving && event.key === "Escape") endDrag(false); }, true);
  document.addEventListener("selectstart", event => { if (drag) event.preventDefault(); });
  // Links would be dragged by themselves.
  document.addEventListener("dragstart", event => { if (drag && event.isTrusted) event.preventDefault(); });
})();
