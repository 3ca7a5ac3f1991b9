// The review queue by key: a row is current, rows are selected, a decision is about the selected ones or
// else about the current one. The server says what a decision does and which rows are gone.
(() => {
  const queue = document.querySelector("#queue");
  const keys = document.querySelector("#queue-keys");
  document.querySelector("[data-queue-keys]").addEventListener("click", () => keys.showModal());
  if (!queue) return;
  const list = document.querySelector("#queue-rows");
  const dialog = document.querySelector("#queue-dialog");
  const pane = document.querySelector("#pane");
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

  // The evidence of another row may still be on its way: what is decided must be what is read.
  const isRead = (row) => pane.querySelector("article")?.dataset.id === row.dataset.id;

  function decide(status) {
    const chosen = selected().length ? selected() : [current].filter((row) => row?.isConnected && isRead(row));
    if (!chosen.length || !deciding.begin(status)) return;
    const values = { status, expected: "proposed" };
    for (const kind of ["triple", "concept"]) {
      values[kind] = chosen.filter((row) => row.dataset.kind === kind).map((row) => row.dataset.id);
    }
    // One approval at a time needs no question; a rejection needs a reason, and many rows a second look.
    if (status === "approved" && chosen.length === 1) {
      htmx.ajax("POST", queue.dataset.decide, { target: "#queue-said", values });
    } else {
      document.querySelector("#queue-dialog-body").replaceChildren();
      htmx.ajax("POST", queue.dataset.confirmUrl, { target: "#queue-dialog-body", values }).then(() => {
        if (!document.querySelector("#queue-dialog-body form")) return;
        dialog.showModal();
        dialog.querySelector("input[type=radio], button").focus();
      }).finally(() => deciding.end());
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
    if (event.shiftKey) { select(row, { range: true }); return; }
    show(row);
    reading.open(row);
  });
  all.addEventListener("change", () => { for (const row of rows()) box(row).checked = all.checked; tell(); });

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (dialog.open) {
      const choice = dialog.querySelector(`[data-key="${CSS.escape(event.key)}"]`);
      if (!choice || event.target.matches("[data-queue-reason]")) return;
      event.preventDefault();
      // It only chooses: Enter sends, as the button says, and finds the form and not what lies behind it.
      choice.checked = true;
      choice.focus();
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
  const isForm = (event) => event.detail.requestConfig.elt.matches("[data-queue-form]");
  addEventListener("htmx:beforeSwap", (event) => {
    if (isAnswer(event)) listed = rows().length;
    if (![400, 409].includes(event.detail.xhr.status)) return;
    // Conflicts and refusals come with words for the person. What can be mended in the dialog is said there.
    const isMendable = isForm(event) && event.detail.xhr.status === 400;
    event.detail.shouldSwap = true;
    event.detail.isError = false;
    event.detail.target = document.querySelector(isMendable ? "#queue-dialog-error" : "#queue-said");
  });
  addEventListener("htmx:afterRequest", (event) => {
    if (isForm(event) && event.detail.xhr.status === 400) {
      const field = dialog.querySelector("[data-queue-reason]");
      field?.setAttribute("aria-invalid", "true");
      field?.setAttribute("aria-describedby", "queue-dialog-error");
      field?.focus();
    } else if (isForm(event) || event.detail.requestConfig.path === queue.dataset.decide) {
      dialog.close();
      deciding.end(reading.place());
    }
  });
  addEventListener("htmx:afterSettle", (event) => {
    if (!isAnswer(event)) { tell(); return; }
    deciding.clear();
    const left = rows();
    total += left.length - listed;
    listed = left.length;
    tell();
    if (current?.isConnected) return;
    if (left.length) show(left[Math.min(place, left.length - 1)]);
    else { pane.replaceChildren(); reading.close(); }
  });

  show(rows()[0], { load: false }); // the pane of the first row is there already
  tell();
})();
