// Loaded in <head> before anything is painted: the chosen theme stands on <html> from the first frame on.
(() => {
  const key = "atstatus.theme";
  const choices = ["system", "light", "dark"];
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");

  // Storage can be denied (private windows, policies); the theme then lasts as long as the page.
  let remembered = null;
  const read = () => {
    try { remembered = localStorage.getItem(key) ?? remembered; } catch { /* denied */ }
    return choices.includes(remembered) ? remembered : "system";
  };

  const apply = () => {
    const choice = read();
    const theme = choice === "system" ? (dark.matches ? "dark" : "light") : choice;
    // Only real changes are written: the observer below watches these attributes.
    if (root.dataset.themeChoice !== choice) root.dataset.themeChoice = choice;
    if (root.dataset.theme !== theme) root.dataset.theme = theme;
  };

  apply();
  dark.addEventListener("change", apply);
  window.addEventListener("storage", event => { if (event.key === key) apply(); });
  // Blazor's enhanced navigation resets the attributes of <html> to what the server sent.
  new MutationObserver(apply).observe(root, { attributes: true, attributeFilter: ["data-theme", "data-theme-choice"] });

  document.addEventListener("click", event => {
    if (!event.target.closest?.("[data-theme-toggle]")) return;
    remembered = choices[(choices.indexOf(read()) + 1) % choices.length];
    try { localStorage.setItem(key, remembered); } catch { /* denied */ }
    apply();
  });
})();
