// The fields of a page: which elements are fields, how one is found again after a render has put another element in its place, and what
// is said beside one. Reads and writes the page alone; js/edits.js and js/reconnect.js, which are loaded after it, build on it.
(() => {
  const fields = "input, textarea, select";
  const untyped = ["file", "hidden", "button", "submit", "reset", "image"];

  const isField = element => element?.matches?.(fields) && !untyped.includes(element.type);
  const ticks = field => ["checkbox", "radio"].includes(field.type);
  const valueOf = field => ticks(field) ? field.checked : field.value;
  const nameOf = element => element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
  const labelOf = field => field.getAttribute("aria-label") ?? field.labels?.[0]?.textContent.trim();

  // A field is known by its label, in a table by its row's name too, and by its number among those that are alike: it can be another
  // element by now, and its row in another place. What belongs to no form acts on its row at once, which must be that row and no other: it
  // is known by the row's link, and never by a number.
  const rowOf = field => field.closest("tr, li")?.querySelector("th, a[href]")?.textContent.trim() ?? "";
  const linkOf = field => field.closest("tr, li")?.querySelector("a[href]")?.getAttribute("href") ?? "";
  const isInForm = field => Boolean(field.closest("form, dialog"));
  const alike = ({ label, row, link = null }) => [...document.querySelectorAll(`:is(main, dialog) :is(${fields})`)]
    .filter(field => isField(field) && labelOf(field) === label && rowOf(field) === row && (link === null || (!isInForm(field) && linkOf(field) === link)));
  const placeOf = field => {
    const place = { label: labelOf(field), row: rowOf(field), link: isInForm(field) ? null : linkOf(field) };
    return { ...place, number: alike(place).indexOf(field) };
  };
  const find = place => {
    const found = place.label ? alike(place) : [];
    return ((place.link ?? null) === null ? found[place.number] : found.length === 1 ? found[0] : null) ?? null;
  };

  // Until nothing has changed for a while: an answer of the server can bring other fields.
  const quiet = (pause = 250) => new Promise(done => {
    const until = Date.now() + 8 * pause;  // A page that is live may never be quiet.
    let timer;
    const wait = () => { timer = setTimeout(() => { observer.disconnect(); done(); }, Math.min(pause, Math.max(0, until - Date.now()))); };
    const observer = new MutationObserver(() => { clearTimeout(timer); wait(); });
    observer.observe(document.body, { childList: true, subtree: true, attributes: true });
    wait();
  });

  const findSoon = async (place, patience = 2000) => {
    const until = Date.now() + patience;
    let field = find(place);
    while (!field && Date.now() < until) {
      await quiet();
      field = find(place);
    }
    return field;
  };

  // ---- What is said beside a field --------------------------------------------------------------------------------------------------
  const noteId = "edit-note";
  const unmark = field => {
    const note = field.closest(".field")?.querySelector(`.${noteId}`) ?? (field.nextElementSibling?.matches(`.${noteId}`) ? field.nextElementSibling : null);
    if (!note) return;
    const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter(id => id && id !== note.id);
    if (others.length) field.setAttribute("aria-describedby", others.join(" "));
    else field.removeAttribute("aria-describedby");
    note.remove();
  };
  const mark = (field, text) => {
    unmark(field);
    const note = document.createElement("div");
    note.className = `field-error ${noteId}`;
    note.id = `${field.id || "field"}-note`;
    note.setAttribute("role", "alert");
    note.textContent = text;
    const around = field.closest(".field");
    if (around) around.append(note);
    else field.after(note);
    field.setAttribute("aria-describedby", `${field.getAttribute("aria-describedby") ?? ""} ${note.id}`.trim());
  };

  const isIncomplete = field => field.validity && (field.validity.badInput || field.validity.rangeOverflow || field.validity.rangeUnderflow);

  window.atstatus.fields = { isField, ticks, valueOf, nameOf, labelOf, isInForm, placeOf, find, findSoon, quiet, mark, unmark, isIncomplete };
})();
