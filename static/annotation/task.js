// The task page: one decision per key press. The next task is painted at once, answers travel behind.
"use strict";

(() => {
  const start = JSON.parse(document.getElementById("work-start").textContent);
  const { words } = start;
  const UNDOABLE = 20;
  // A key that bounces, or a double click, comes sooner than anybody can read the next task.
  const BOUNCE = { key: 60, click: 250 };
  const LOOK_AGAIN = [5_000, 10_000, 20_000, 40_000];

  const place = document.getElementById("task");
  const buttons = [...document.querySelectorAll("[data-answer]")];
  const panel = document.getElementById("guideline");
  const panelSwitch = document.getElementById("guideline-switch");

  // Rows above the answers that open by a key: why a candidate is bad, whether what was accepted is
  // typical, and which hand the keys are for.
  const choosers = new Map([...document.querySelectorAll("[data-chooser]")].map((chooser) => [chooser.dataset.chooser, chooser]));
  const handsRow = document.getElementById("hands");
  const rows = [...choosers.values(), handsRow];
  const openRow = () => rows.find((row) => !row.hidden);

  const queue = []; // tasks at hand, the first one is on the screen
  const known = new Set(); // in the queue or answered: never to be queued again
  const answered = []; // the last ones, for undo
  let shown = null;
  let shownAt = 0;
  let seenFor = 0; // milliseconds on a visible screen before it was last hidden
  let lookedAgain = 0;
  let timer;

  const saying = new Saying(start);
  const comment = new CommentField(() => place.focus({ preventScroll: true }));
  const hands = new Hands({ maps: start.keyMaps, chosen: start.keys, url: start.preferencesUrl });
  const outbox = new Outbox({
    name: `${start.annotator}.${start.campaign}`,
    annotator: start.annotator,
    answersUrl: start.answersUrl,
    undoUrl: start.undoUrl,
    wants: () => ({ size: start.size, have: queue.map((task) => task.id) }),
    onChange: () => sayState(),
    onReply: (reply) => {
      if (reply.guideline !== start.guideline) saying.say(words.newGuideline);
      if (reply.tasks.length) lookedAgain = 0;
      take(reply.tasks);
    },
    onRefused: (entry, why) => saying.say((entry?.op === "undo" ? words.notUndone : words.refused).replace("{why}", why)),
  });

  function take(tasks) {
    for (const task of tasks) {
      if (known.has(task.id)) continue;
      known.add(task.id);
      queue.push(task);
      build(task);
    }
    if (shown !== queue[0] || !shown) paint();
  }

  // Built before it is its turn and its pictures decoded, so that showing it is one swap.
  function build(task) {
    if (task.element) return;
    const holder = document.createElement("div");
    holder.innerHTML = task.html; // rendered and escaped by our own server
    task.element = holder.firstElementChild;
    for (const image of task.element.querySelectorAll("img")) image.decode().catch(() => { /* shown as it comes, then */ });
  }

  function paint() {
    shown = queue[0] ?? null;
    for (const row of rows) row.hidden = true;
    for (const button of buttons) button.setAttribute("aria-disabled", String(!shown));
    if (shown) {
      build(shown);
      place.replaceChildren(shown.element);
      delete place.dataset.empty;
      saying.announce(shown.element);
    } else {
      const empty = outbox.trouble || outbox.isSending || outbox.entries.length ? "no-more-loaded" : "nothing-left";
      if (place.dataset.empty !== empty) {
        place.replaceChildren(document.getElementById(empty).content.cloneNode(true));
        saying.speak(place.textContent.replace(/\s+/g, " "));
      }
      place.dataset.empty = empty;
      lookLater();
    }
    scrollTo(0, 0);
    shownAt = performance.now();
    seenFor = 0;
    saying.sayProgress();
  }

  // New tasks come up by themselves: a lease of somebody else runs out, or more candidates are found.
  function lookLater() {
    clearTimeout(timer);
    const wait = LOOK_AGAIN[Math.min(lookedAgain, LOOK_AGAIN.length - 1)];
    timer = setTimeout(() => {
      if (shown) return;
      lookedAgain += 1;
      if (document.hidden) lookLater(); else outbox.flush();
    }, wait);
  }

  function answer(value, bounce, second) {
    const now = performance.now();
    if (!shown || now - shownAt < bounce) return;
    if (choosers.has(value) && !second) { open(choosers.get(value)); return; }
    const task = queue.shift();
    const took = Math.round(seenFor + (document.hidden ? 0 : now - shownAt));
    const entry = outbox.judge({ task: task.id, answer: value, ...second, comment: comment.take(), took, guideline: start.guideline });
    delete task.element;
    answered.push({ task, entry });
    if (answered.length > UNDOABLE) answered.shift();
    saying.say("");
    saying.count(value, 1);
    paint();
    outbox.flush();
  }

  function open(row) {
    for (const other of rows) other.hidden = other !== row;
    (row.querySelector('[aria-pressed="true"]') ?? row.querySelector("button")).focus({ preventScroll: true });
  }

  function close(row) {
    row.hidden = true;
    place.focus({ preventScroll: true });
  }

  function undo() {
    const last = answered.pop();
    if (!last) { saying.say(words.nothingToUndo); return; }
    outbox.undo(last.entry);
    queue.unshift(last.task);
    saying.count(last.entry.answer, -1);
    saying.say(words.undone);
    paint();
    comment.bringBack(last.entry.comment);
    outbox.flush();
  }

  function sayState() {
    saying.sayState({ waiting: outbox.entries.length, trouble: outbox.trouble });
    if (!shown && place.dataset.empty) paint();
  }

  function switchGuideline(open = panel.hidden) {
    panel.hidden = !open;
    panelSwitch.setAttribute("aria-expanded", String(open));
    document.querySelector(".work-columns").classList.toggle("with-guideline", open);
    (open ? panel : place).focus({ preventScroll: true });
    // Below the task there: its beginning comes to the top, under the bar.
    if (open && innerWidth < 1000) panel.scrollIntoView({ block: "start" });
  }

  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const key = keyMeant(event);
    const row = openRow();
    const second = row?.querySelector(`button[data-key="${CSS.escape(key)}"]`);
    const does = second ? "second" : hands.named(key);
    const closes = key === "Escape" && (row || !panel.hidden);
    if (!does && !closes) return;
    event.preventDefault();
    if (isPressedAgain(event)) return;
    if (second) second.click();
    else if (closes) { if (row) close(row); else switchGuideline(false); }
    else if (does === "undo") undo();
    else if (does === "guideline") switchGuideline();
    else if (does === "comment") comment.open();
    else answer(does, BOUNCE.key);
  });
  for (const button of buttons) {
    // A keyboard's Enter or Space on the button is a click without a pointer, told by its detail of 0.
    button.addEventListener("click", (event) => answer(button.dataset.answer, event.detail ? BOUNCE.click : BOUNCE.key));
  }
  for (const [value, chooser] of choosers) {
    for (const button of chooser.querySelectorAll("button")) {
      button.addEventListener("click", () => answer(value, 0, { [chooser.dataset.field]: button.value }));
    }
  }
  handsRow.addEventListener("click", (event) => { if (event.target.closest("[data-hand]")) close(handsRow); });
  document.getElementById("hands-switch").addEventListener("click", () => (handsRow.hidden ? open(handsRow) : close(handsRow)));
  document.getElementById("undo").addEventListener("click", () => undo());
  document.getElementById("comment-switch").addEventListener("click", () => comment.open());
  panelSwitch.addEventListener("click", () => switchGuideline());
  watchSwipes({
    place,
    answers: { right: "accept", left: "reject" },
    // A picture that fills the screen is moved about by the finger.
    isFree: () => shown && !openRow() && !place.querySelector('[data-zoom][aria-pressed="true"]'),
    onSwipe: (value) => answer(value, BOUNCE.key),
  });

  document.addEventListener("visibilitychange", () => {
    const now = performance.now();
    if (document.hidden) seenFor += now - shownAt;
    else if (outbox.trouble) outbox.flush();
    shownAt = now;
  });
  addEventListener("online", () => outbox.flush());
  addEventListener("offline", () => { outbox.trouble = "offline"; sayState(); });
  addEventListener("beforeunload", (event) => {
    // Only where the browser keeps nothing for us could leaving lose an answer.
    if (outbox.entries.length && !outbox.isStored) event.preventDefault();
  });

  for (const task of outbox.answeredTasks()) known.add(task);
  take(start.tasks);
  sayState();
  if (outbox.entries.length) outbox.flush();
})();
