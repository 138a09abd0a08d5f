// A list of checkboxes is one tab stop: Tab goes to the one that had the focus last, the arrow keys, Home and End go through the list, Space ticks.
// What stands in one row (data-row) with the checkbox, as a select does, follows it. The tab order is this script's alone: Blazor renders no
// tabindex, so no render undoes it, and what it adds, moves or hides is noticed here.
(() => {
  const controls = "input, select";

  window.atstatus.oneTabStop = list => {
    if (!list || list.dataset.oneTabStop !== undefined) return;
    list.dataset.oneTabStop = "";
    let current = null;
    const rowOf = control => control?.closest("[data-row]") ?? control;
    const boxes = () => [...list.querySelectorAll("input[type=checkbox]")].filter(box => !box.disabled && !box.closest("[hidden]"));
    const order = () => {
      const shown = boxes();
      if (!shown.includes(current)) current = shown.find(box => rowOf(box) === rowOf(current)) ?? shown.find(box => box.checked) ?? shown[0] ?? null;
      for (const control of list.querySelectorAll(controls)) {
        const index = current && rowOf(control) === rowOf(current) ? 0 : -1;
        if (control.tabIndex !== index || !control.hasAttribute("tabindex")) control.tabIndex = index;
      }
    };

    list.addEventListener("focusin", event => {
      const box = event.target.matches("input[type=checkbox]") ? event.target : rowOf(event.target).querySelector("input[type=checkbox]");
      if (!box || box === current) return;
      current = box;
      order();
    });

    // In several columns up and down go to what stands above and below, left and right through the list.
    const beside = (shown, box, down) => {
      const from = box.getBoundingClientRect();
      const lines = shown.map(other => ({ other, at: other.getBoundingClientRect() }))
        .filter(({ at }) => down ? at.top > from.top + 4 : at.top < from.top - 4);
      const next = lines.reduce((best, { at }) => best === null || (down ? at.top < best : at.top > best) ? at.top : best, null);
      return lines.filter(({ at }) => Math.abs(at.top - next) <= 4).sort((a, b) => Math.abs(a.at.left - from.left) - Math.abs(b.at.left - from.left))[0]?.other;
    };
    list.addEventListener("keydown", event => {
      if (!event.target.matches("input[type=checkbox]") || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
      const shown = boxes();
      const at = shown.indexOf(event.target);
      const to = {
        ArrowDown: () => beside(shown, event.target, true), ArrowUp: () => beside(shown, event.target, false),
        ArrowRight: () => shown[at + 1], ArrowLeft: () => shown[at - 1], Home: () => shown[0], End: () => shown.at(-1),
      }[event.key];
      if (!to) return;
      event.preventDefault();
      to()?.focus();
    });

    new MutationObserver(order).observe(list, { childList: true, subtree: true, attributes: true, attributeFilter: ["hidden", "disabled"] });
    order();
  };

  // Enter would save the form, and Escape close the dialog it is in: here the one goes to what was found, the other ends the search.
  document.addEventListener("keydown", event => {
    const search = event.target.closest?.("[data-picker-search]");
    if (!search || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.key === "Enter" || event.key === "ArrowDown") {
      event.preventDefault();
      search.closest("[role=group]").querySelector("[data-one-tab-stop] [tabindex='0']")?.focus();
    } else if (event.key === "Escape" && search.value) {
      event.preventDefault();
      search.value = "";
      search.dispatchEvent(new Event("input", { bubbles: true }));
    }
  });
})();
