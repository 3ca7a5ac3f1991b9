// On a narrow screen what is read about a row lies over the list: it would be far below it otherwise.
// The button in the bar goes back to the list, and so does going back in the browser.
const reading = (() => {
  const queue = document.querySelector("#queue");
  const pane = document.querySelector("#pane");
  const narrow = matchMedia("(max-width: 900px)");
  const isOpen = () => queue.classList.contains("reading");

  addEventListener("popstate", () => {
    if (!queue || !isOpen()) return;
    queue.classList.remove("reading");
    document.querySelector("#queue-rows").focus({ preventScroll: true });
  });
  addEventListener("click", (event) => { if (event.target.closest("[data-queue-back]")) reading.close(); });
  addEventListener("htmx:afterSwap", (event) => { if (event.detail.target === pane) pane.scrollTop = 0; });

  return {
    open(row) {
      if (!narrow.matches || isOpen()) return;
      if (pane.querySelector("article")?.dataset.id !== row.dataset.id) pane.replaceChildren(); // on its way
      queue.classList.add("reading");
      pane.scrollTop = 0;
      pane.focus({ preventScroll: true });
      history.pushState({ reading: true }, "");
    },
    close() { if (isOpen()) history.back(); },
    // Where the focus rests between decisions: on what one has before one's eyes.
    place: () => (narrow.matches && isOpen() ? pane : document.querySelector("#queue-rows")),
  };
})();
