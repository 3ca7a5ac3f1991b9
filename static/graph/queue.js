// The review queue by key: a row is current, rows are selected, a decision is about the selected ones or
// else about the current one. The server says what a decision does and which rows are gone.
(() => {
  const queue = document.querySelector("#queue");
  const keys = document.querySelector("#queue-keys");
  document.querySelector("[data-queue-keys]").addEventListener("click", () => keys.showModal());
  if (!queue) return;
  const list = document.querySelector("#queue-rows");
  const dialog = document.querySelector("#queue-dialog");
  const all = document.querySelector("[data-queue-all]");
  const count = document.querySelector("[data-queue-count]");
  let total = Number(count.dataset.total); // that wait; the server counted, decisions here count on
  let listed = 0; // rows in the list before a decision
  let current = null;
  let anchor = null; // where a shift range begins
  let resting = 0;
  let place = 0; // of the current row, for the time after it is gone

  const rows = () => [...list.querySelectorAll(".queue-row")];
  const box = (row) => row.querySelector("input");
  const selected = () => rows().filter((row) => box(row).checked);

  function show(row, { load = true } = {}) {
    if (!row) { current = null; return; }
    current?.classList.remove("current");
    current = row;
    place = rows().indexOf(row);
    row.classList.add("current");
    row.scrollIntoView({ block: "nearest" });
    // While somebody runs down the list, only the row they stop at is fetched.
    clearTimeout(resting);
    if (load) resting = setTimeout(() => row.isConnected && htmx.trigger(row, "show"), 60);
    if (row === rows().at(-1)) {
      const more = list.querySelector(".queue-more");
      if (more) htmx.trigger(more, "more");
    }
  }

  function tell() {
    const number = selected().length;
    const waiting = "capped" in count.dataset ? count.dataset.none : `${total} ${count.dataset.none}`;
    count.textContent = number ? `${number} ${count.dataset.some}` : waiting;
    all.checked = number > 0 && number === rows().length;
    all.indeterminate = number > 0 && !all.checked;
  }

  function select(row, { range = false, on } = {}) {
    const wanted = on ?? !box(row).checked;
    const list = rows();
    const ends = [list.indexOf(range && anchor?.isConnected ? anchor : row), list.indexOf(row)].sort((a, b) => a - b);
    for (const one of list.slice(ends[0], ends[1] + 1)) box(one).checked = range ? true : wanted;
    anchor = row;
    tell();
  }

  function decide(status) {
    const chosen = selected().length ? selected() : [current].filter((row) => row?.isConnected);
    if (!chosen.length) return;
    const values = { status, expected: "proposed" };
    for (const kind of ["triple", "concept"]) {
      values[kind] = chosen.filter((row) => row.dataset.kind === kind).map((row) => row.dataset.id);
    }
    // One approval at a time needs no question; a rejection needs a reason, and many rows a second look.
    if (status === "approved" && chosen.length === 1) {
      htmx.ajax("POST", queue.dataset.decide, { target: "#queue-said", values });
    } else {
      htmx.ajax("POST", queue.dataset.confirmUrl, { target: "#queue-dialog-body", values }).then(() => {
        if (!document.querySelector("#queue-dialog-body form")) return;
        dialog.showModal();
        dialog.querySelector("input[type=radio], button").focus();
      });
    }
  }

  addEventListener("click", (event) => {
    const button = event.target.closest("[data-queue-decide]");
    if (button) decide(button.dataset.queueDecide);
    if (event.target.closest("[data-queue-cancel]")) dialog.close();
    const row = event.target.closest(".queue-row");
    if (!row || event.ctrlKey || event.metaKey) return;
    if (event.target === box(row)) {
      // The box has changed already; with shift it takes the range along.
      if (event.shiftKey) select(row, { range: true }); else { anchor = row; tell(); }
      return;
    }
    event.preventDefault();
    if (event.shiftKey) select(row, { range: true }); else show(row);
  });
  all.addEventListener("change", () => { for (const row of rows()) box(row).checked = all.checked; tell(); });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (dialog.open) {
      const choice = dialog.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!choice || event.target.matches("[data-queue-reason]")) return;
      event.preventDefault();
      choice.checked = true;
      dialog.querySelector("form").requestSubmit();
      return;
    }
    if (keys.open || event.target.matches("select, textarea, input:not([type=checkbox])")) return;
    const list = rows();
    const at = current?.isConnected ? list.indexOf(current) : Math.min(place, list.length - 1);
    const actions = {
      j: () => show(list[Math.min(at + 1, list.length - 1)]),
      k: () => show(list[Math.max(at - 1, 0)]),
      a: () => !event.repeat && decide("approved"),
      r: () => !event.repeat && decide("rejected"),
      x: () => current?.isConnected && select(current),
      X: () => current?.isConnected && select(current, { range: true }),
      z: () => !event.repeat && document.querySelector("[data-queue-undo]")?.requestSubmit(),
      o: () => { if (current?.isConnected) location = current.querySelector("a").href; },
      "?": () => keys.showModal(),
      Escape: () => { for (const row of list) box(row).checked = false; tell(); },
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  const isAnswer = (event) => event.detail.target?.id === "queue-said";
  addEventListener("htmx:beforeSwap", (event) => { if (isAnswer(event)) listed = rows().length; });
  // Conflicts and refusals come with words for the person; they are shown like any other answer.
  addEventListener("htmx:beforeSwap", (event) => {
    if ([400, 409].includes(event.detail.xhr.status)) {
      event.detail.shouldSwap = true;
      event.detail.isError = false;
      event.detail.target = document.querySelector("#queue-said");
    }
  });
  addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.matches("[data-queue-form]")) dialog.close();
  });
  addEventListener("htmx:afterSettle", (event) => {
    if (!isAnswer(event)) { tell(); return; }
    const left = rows();
    total += left.length - listed;
    listed = left.length;
    tell();
    if (current?.isConnected) return;
    if (left.length) show(left[Math.min(place, left.length - 1)]);
    else document.querySelector("#pane").replaceChildren();
  });

  show(rows()[0], { load: false }); // the pane of the first row is there already
  tell();
})();
