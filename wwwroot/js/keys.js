// The keyboard: Ctrl+Enter saves the form that one is in, "/" goes to the page's search field, "?" lists the keys, and a form that opens has
// the focus in its first field. A single key counts only where nobody is typing, and can be switched off (WCAG 2.1.4): speech input types
// letters. All of it in the browser, so that no circuit has to answer.
(() => {
  const OFF = "atstatus.single-keys";
  const { isField, ticks, quiet } = window.atstatus.fields;

  // Storage can be denied; the choice then lasts as long as the page.
  let off = false;
  const read = () => {
    try { off = (localStorage.getItem(OFF) ?? (off ? "off" : "on")) === "off"; } catch { /* denied */ }
    return off;
  };
  const list = () => document.getElementById("shortcuts");
  const isTyping = element => element?.isContentEditable || (element?.matches?.("input, textarea, select") && !ticks(element));
  const isShown = element => element.checkVisibility ? element.checkVisibility() : element.offsetParent !== null;

  const show = () => list().querySelector("[role=switch]").setAttribute("aria-checked", String(!read()));
  const openList = () => {
    show();
    list().showModal();
  };

  // Where the page is narrow its filters are folded away behind a button.
  const search = () => document.querySelector("main input[type=search]");
  const toSearch = async field => {
    if (!isShown(field)) {
      const region = field.closest("[role=search][id]");
      if (region) document.querySelector(`[aria-controls="${region.id}"]`)?.click();
      await quiet(100);
    }
    field.focus();
    field.select();
  };

  const save = event => {
    const form = event.target.closest?.("form");
    const button = form?.querySelector("button[type=submit]");
    if (!button) return;
    event.preventDefault();
    if (!button.disabled && button.getAttribute("aria-disabled") !== "true") form.requestSubmit(button);
  };

  document.addEventListener("keydown", event => {
    if (event.defaultPrevented || event.isComposing || event.repeat) return;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey) {
      save(event);
      return;
    }
    const isPlain = event.getModifierState("AltGraph") || !(event.ctrlKey || event.altKey || event.metaKey);
    if (!["/", "?"].includes(event.key) || !isPlain || !list() || isTyping(event.target) || document.querySelector("dialog[open], .mud-dialog") || read()) return;
    const field = search();
    if (event.key === "?") openList();
    else if (field) toSearch(field);
    else return;
    event.preventDefault();
  });

  document.addEventListener("click", event => {
    const does = event.target.closest?.("[data-shortcuts]")?.dataset.shortcuts;
    if (does === "open") openList();
    if (does === "close") list().close();
    if (does !== "switch") return;
    off = !read();
    try { localStorage.setItem(OFF, off ? "off" : "on"); } catch { /* denied */ }
    show();
  });

  // A form has appeared on a page that somebody has just come to. The framework gives the focus to the page's heading, before this or after
  // it. A field that one would have to scroll to, or that would open a phone's keyboard, is left alone; so is whoever has gone elsewhere.
  const describe = (field, heading) => {
    heading.id ||= "page-title";
    const ids = () => (field.getAttribute("aria-describedby") ?? "").split(" ").filter(id => id && id !== heading.id);
    field.setAttribute("aria-describedby", [...ids(), heading.id].join(" "));
    field.addEventListener("blur", () => {
      if (ids().length) field.setAttribute("aria-describedby", ids().join(" "));
      else field.removeAttribute("aria-describedby");
    }, { once: true });
  };
  window.atstatus.formOpened = element => {
    const form = element?.closest?.("form");
    if (!form || form.closest("dialog") || matchMedia("(hover: none) and (pointer: coarse)").matches) return;
    const enter = () => {
      const field = [...form.elements].find(field => isField(field) && !field.disabled && !field.readOnly && isShown(field));
      if (!field || !form.isConnected || field.getBoundingClientRect().bottom > innerHeight) return;
      // The heading is not read out, as nothing stays on it: it is said with the field.
      const heading = document.querySelector("main h1");
      if (heading) describe(field, heading);
      field.focus({ preventScroll: true });
    };
    const follow = event => { if (event.target.matches("h1")) enter(); };
    document.addEventListener("focusin", follow);
    setTimeout(() => document.removeEventListener("focusin", follow), 500);
    if (!document.activeElement || document.activeElement === document.body || document.activeElement.matches("h1")) enter();
  };
})();
