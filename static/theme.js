// Runs before the first paint, so that a chosen theme never flashes.
(() => {
  const root = document.documentElement;
  let chosen = null;
  try { chosen = localStorage.getItem("theme"); } catch { /* storage may be shut off; the system's theme then holds */ }
  if (chosen === "light" || chosen === "dark") root.dataset.theme = chosen;
  addEventListener("click", (event) => {
    if (!event.target.closest?.("[data-theme-switch]")) return;
    const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    root.dataset.theme = dark ? "light" : "dark";
    try { localStorage.setItem("theme", root.dataset.theme); } catch { /* as above */ }
    dispatchEvent(new Event("themechange"));
  });
})();
