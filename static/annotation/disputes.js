// The queue of disputes by key. The pane holds the decision's form; the server says which row is gone.
(() => {
  const keys = document.querySelector("#queue-keys");
  document.querySelector("[data-queue-keys]").addEventListener("click", () => keys.showModal());
  const list = document.querySelector("#queue-rows");
  if (!list) return;
  const pane = document.querySelector("#pane");
  const count = document.querySelector("[data-queue-count]");
  let total = Number(count.dataset.total);
  let listed = 0;
  let current = null;
  let place = 0;
  let resting = 0;

  const rows = () => [...list.querySelectorAll(".queue-row")];
  const reasons = () => pane.querySelector("[data-reasons]");

  function show(row, { load = true } = {}) {
    if (!row) { current = null; return; }
    current?.classList.remove("current");
    current = row;
    place = rows().indexOf(row);
    row.classList.add("current");
    row.scrollIntoView({ block: "nearest" });
    clearTimeout(resting);
    if (load) resting = setTimeout(() => row.isConnected && htmx.trigger(row, "show"), 60);
    if (row === rows().at(-1)) {
      const more = list.querySelector(".queue-more");
      if (more) htmx.trigger(more, "more");
    }
  }

  function ask(open) {
    if (!reasons()) return;
    reasons().hidden = !open;
    pane.querySelector("[data-key=b]").setAttribute("aria-expanded", String(open));
  }

  function decide(button) {
    const form = pane.querySelector("[data-decision]");
    // The pane of another row may still be on its way: what is decided must be what is read.
    if (!form || !current?.isConnected || pane.querySelector("article").dataset.id !== current.dataset.id) return;
    if (button.dataset.decide === "bad" && !button.dataset.reason) { ask(reasons().hidden); return; }
    if (!deciding.begin(button.dataset.decide)) return;
    form.elements.answer.value = button.dataset.decide;
    form.elements.reason.value = button.dataset.reason ?? "";
    form.requestSubmit();
  }

  addEventListener("click", (event) => {
    const button = event.target.closest("[data-decide]");
    if (button) { decide(button); return; }
    const row = event.target.closest(".queue-row");
    if (!row || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    show(row);
    reading.open(row);
  });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || keys.open) return;
    if (event.target.matches("select, textarea, input:not([type=checkbox])")) {
      if (event.key === "Escape") event.target.blur();
      return;
    }
    const there = rows();
    const at = current?.isConnected ? there.indexOf(current) : Math.min(place, there.length - 1);
    const actions = {
      j: () => show(there[Math.min(at + 1, there.length - 1)]),
      k: () => show(there[Math.max(at - 1, 0)]),
      w: () => pane.querySelector("[data-why]")?.focus(),
      g: () => pane.querySelector("[data-gold]")?.click(),
      z: () => !event.repeat && document.querySelector("[data-queue-undo]")?.requestSubmit(),
      o: () => { if (current?.isConnected) location = current.querySelector("a").href; },
      "?": () => keys.showModal(),
      Escape: () => ask(false),
    };
    const button = pane.querySelector(`[data-decide][data-key="${CSS.escape(event.key)}"]`);
    const reachable = button && (!button.dataset.reason || !reasons().hidden);
    const action = reachable ? () => !event.repeat && decide(button) : actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  const isAnswer = (event) => event.detail.target?.id === "queue-said";
  addEventListener("htmx:beforeSwap", (event) => {
    if (isAnswer(event)) listed = rows().length;
    // Conflicts and refusals come with words for the person; they are shown like any other answer.
    if ([400, 409].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      event.detail.target = document.querySelector("#queue-said");
    }
  });
  addEventListener("htmx:afterRequest", (event) => { if (event.detail.requestConfig.elt.matches("[data-decision]")) deciding.end(reading.place()); });
  addEventListener("htmx:afterSettle", (event) => {
    if (!isAnswer(event)) return;
    deciding.clear();
    const left = rows();
    total += left.length - listed;
    listed = left.length;
    if (!("capped" in count.dataset)) count.textContent = `${total} ${count.dataset.words}`;
    if (current?.isConnected) return;
    if (left.length) show(left[Math.min(place, left.length - 1)]);
    else { pane.replaceChildren(); reading.close(); }
  });

  show(rows()[0], { load: false }); // the pane of the first row is there already
})();
