// When the connection is gone. It comes back: js/edits.js sends what the server has not received. Or it is gone for good: after a restart
// the server knows nothing of the page any more. A page that is only read loads itself again. One in which somebody was typing waits for a
// click; what was typed is then put back into the new page's form. Passwords, secrets and the URLs that are notified (whose paths are
// secrets) are not: they stay out of the browser's storage, and the page names them.
(() => {
  const key = "atstatus.typed";
  const patience = 15000;
  const { edits } = window.atstatus;

  const typedInForms = () => edits.typed().filter(([, edit]) => edit.inForm);
  const isKept = field => !["password", "file", "hidden"].includes(field.type) && field.autocomplete !== "new-password" && !field.dataset.credential;
  const isUnsaved = () => Boolean(document.querySelector("[data-unsaved]"));
  const hasTyped = () => typedInForms().length > 0 || isUnsaved();

  const keep = () => {
    const values = [];
    const omitted = [];
    for (const [field] of typedInForms()) {
      if (!field.isConnected) continue;
      const label = edits.labelOf(field);
      if (label && isKept(field)) values.push({ ...edits.placeOf(field), value: edits.valueOf(field) });
      else if (edits.ticks(field) || field.value !== "") omitted.push(label ?? "a field without a name");
    }
    const lost = edits.typed().some(([, edit]) => !edit.inForm && !edits.isProven(edit));
    try { sessionStorage.setItem(key, JSON.stringify({ at: location.href, values, omitted, lost })); } catch { /* denied: the page comes back empty */ }
  };

  // The browser asks whether what is unsaved may be lost, also where only this page knows of it.
  let leaving = false;
  addEventListener("beforeunload", event => {
    if (leaving) event.stopImmediatePropagation();
    else if (isUnsaved() || (edits.state() !== "up" && typedInForms().length > 0)) event.preventDefault();
  }, true);
  const reload = () => {
    leaving = true;
    if (hasTyped()) keep();
    location.reload();
  };

  const restore = async ({ values, omitted, lost }) => {
    const until = Date.now() + patience;
    let restored = false;
    for (const { value, ...place } of values) {
      const field = await edits.findSoon(place, Math.max(0, until - Date.now()));
      if (field && edits.valueOf(field) === value) continue;
      if (!field || !edits.put(field, value)) {
        lost = true;
        continue;
      }
      restored = true;
      if (edits.ticks(field) || field.matches("select")) await edits.quiet();
    }
    if (!restored && !lost && omitted.length === 0) return;
    const missing = omitted.length === 0 ? "" : ` Enter again, because it is not stored: ${[...new Set(omitted)].join(", ")}.`;
    edits.notify(`${restored ? "What you had typed was put back. Look it over before you save." : "Not all that you had typed was put back."}${lost ? " Some of it found no place." : ""}${missing}`);
  };

  addEventListener("DOMContentLoaded", () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
      sessionStorage.removeItem(key);
      if (kept?.at === location.href) restore(kept);
    } catch { /* denied */ }
    // An error that ends the circuit ends the connection, and no other sign is given.
    const failed = document.getElementById("blazor-error-ui");
    new MutationObserver(() => { if (getComputedStyle(failed).display !== "none") edits.setState("dead"); })
      .observe(failed, { attributes: true, attributeFilter: ["style", "class"] });
  });

  const states = { show: "down", retrying: "down", paused: "down", failed: "failed", rejected: "dead", "resume-failed": "dead", hide: "up" };
  document.addEventListener("components-reconnect-state-changed", event => {
    const next = states[event.detail?.state];
    if (!next || next === edits.state()) return;
    edits.setState(next);
    if (next === "up") edits.resend();
    if (next === "dead" && !hasTyped()) location.reload();
  }, true);

  document.addEventListener("click", async event => {
    if (event.target.closest?.("#blazor-error-ui .reload")) {
      event.preventDefault();
      reload();
    }
    const action = event.target.closest?.("[data-reconnect]")?.dataset.reconnect;
    if (action === "reload") reload();
    if (action === "retry" && !await Blazor.reconnect()) reload();
    if (action === "seen") document.getElementById("edit-notice").hidden = true;
  });
})();
