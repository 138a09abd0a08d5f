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

    // A checkbox's third look, which HTML has no attribute for.
    setIndeterminate: (input, on) => { input.indeterminate = on; },

    // The browser's own modal dialog: traps the focus, closes on Escape, gives the focus back to where it was.
    openDialog: element => { if (!element.open) element.showModal(); },
    closeDialog: element => { if (element.open) element.close(); },
  };

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
