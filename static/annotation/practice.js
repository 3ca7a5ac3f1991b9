// Tests and training: one key press, one answer. The server renders every step.
(() => {
  const root = document.querySelector("#practice");
  let shown = performance.now();
  addEventListener("htmx:afterSettle", () => {
    shown = performance.now();
    scrollTo(0, 0);
  });
  addEventListener("htmx:configRequest", (event) => {
    if (event.target.closest("[data-answer-form]")) {
      event.detail.parameters.took_ms = String(Math.round(performance.now() - shown));
    }
  });
  addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.matches("input, textarea, select")) return;
    const go = root.querySelector("[data-go]");
    if (go && (event.key === "Enter" || event.key === " ")) {
      if (event.target === go) return; // the button itself knows what to do
      event.preventDefault();
      go.click();
      return;
    }
    const button = root.querySelector(`[data-key="${CSS.escape(event.key.toLowerCase())}"]`);
    // While an answer is on its way the next key must not answer the question that is still shown.
    if (button && !button.closest(".htmx-request")) {
      event.preventDefault();
      button.click();
    }
  });
})();
