// What happens when the connection is gone for good: after a restart the server knows nothing of the page any more. A page that is only
// read loads itself again. One in which somebody was typing waits for a click; what was typed is then put back into the new page's form.
// Passwords, secrets and the URLs that are told to (whose paths are secrets) are not: they stay out of the browser's storage.
(() => {
  const key = "atstatus.typed";
  const patience = 15000;
  const fields = "input, textarea, select";

  // What was typed on this page, by field, the last edited last: a choice can decide which fields follow.
  let typedAt = null;
  const typed = new Set();
  const remember = event => {
    const field = event.target;
    if (!field.matches?.(fields) || !field.closest("form")) return;
    if (typedAt !== location.href) typed.clear();
    typedAt = location.href;
    typed.delete(field);
    typed.add(field);
  };
  document.addEventListener("input", remember);
  document.addEventListener("change", remember);

  // A field is known by its label, and by its number among those that have the same.
  const labelOf = field => field.labels?.[0]?.textContent.trim();
  const alike = label => [...document.querySelectorAll("main form :is(input, textarea, select)")].filter(field => labelOf(field) === label);
  const ticks = field => ["checkbox", "radio"].includes(field.type);
  const isKept = field => field.isConnected && labelOf(field) && !["password", "file", "hidden"].includes(field.type) && field.autocomplete !== "new-password" && !field.dataset.credential;

  const keep = () => {
    const values = [...typed].filter(isKept).map(field => {
      const label = labelOf(field);
      return { label, number: alike(label).indexOf(field), value: ticks(field) ? field.checked : field.value };
    });
    try { sessionStorage.setItem(key, JSON.stringify({ at: location.href, values })); } catch { /* denied: the page comes back empty */ }
  };

  // The browser would ask whether what is unsaved may be lost.
  let leaving = false;
  addEventListener("beforeunload", event => { if (leaving) event.stopImmediatePropagation(); }, true);
  const reload = () => {
    leaving = true;
    if (typedAt === location.href) keep();
    location.reload();
  };

  // Says whether there was anything to put: what has been saved meanwhile stands there already.
  const put = (field, value) => {
    if ((ticks(field) ? field.checked : field.value) === value) return false;
    if (ticks(field)) {
      field.click();
      return true;
    }
    field.value = value;
    field.dispatchEvent(new Event("input", { bubbles: true }));
    field.dispatchEvent(new Event("change", { bubbles: true }));
    return true;
  };

  // Until nothing has changed for a while: an answer of the server can bring other fields.
  const quiet = () => new Promise(done => {
    let timer;
    const observer = new MutationObserver(() => { clearTimeout(timer); wait(); });
    const wait = () => { timer = setTimeout(() => { observer.disconnect(); done(); }, 250); };
    observer.observe(document.body, { childList: true, subtree: true, attributes: true });
    wait();
  });

  const restore = async ({ values }) => {
    const until = Date.now() + patience;
    let restored = false;
    let lost = false;
    for (const { label, number, value } of values) {
      let field = alike(label)[number];
      while (!field && Date.now() < until) {
        await quiet();
        field = alike(label)[number];
      }
      if (!field || field.disabled) {
        lost = true;
        continue;
      }
      if (!put(field, value)) continue;
      restored = true;
      if (ticks(field) || field.matches("select")) await quiet();
    }
    if (!restored && !lost) return;
    const notice = document.getElementById("typed-notice");
    notice.querySelector("[data-typed=lost]").hidden = !lost;
    notice.hidden = false;
  };

  addEventListener("DOMContentLoaded", () => {
    try {
      const kept = JSON.parse(sessionStorage.getItem(key) ?? "null");
      sessionStorage.removeItem(key);
      if (kept?.at === location.href && kept.values.length > 0) restore(kept);
    } catch { /* denied */ }
  });

  document.addEventListener("components-reconnect-state-changed", event => {
    if (event.detail?.state === "rejected" && typedAt !== location.href) location.reload();
  }, true);

  document.addEventListener("click", async event => {
    const action = event.target.closest?.("[data-reconnect]")?.dataset.reconnect;
    if (action === "reload") reload();
    if (action === "retry" && !await Blazor.reconnect()) reload();
    if (action === "seen") document.getElementById("typed-notice").hidden = true;
  });
})();
