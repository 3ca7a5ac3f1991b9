// The task page: one decision per key press. The next task is painted at once, answers travel behind.
"use strict";

(() => {
  const start = JSON.parse(document.getElementById("work-start").textContent);
  const { words, progress } = start;
  const UNDOABLE = 20;
  // A key that bounces, or a double click, comes sooner than anybody can read the next task.
  const BOUNCE = { key: 60, click: 250 };
  const LOOK_AGAIN = [5_000, 10_000, 20_000, 40_000];

  const place = document.getElementById("task");
  const saved = document.getElementById("work-saved");
  const note = document.getElementById("work-note");
  const line = document.querySelector(".work-line");
  const buttons = [...document.querySelectorAll("[data-answer]")];
  const panel = document.getElementById("guideline");
  const panelSwitch = document.getElementById("guideline-switch");

  // Answers that want a second key: why a candidate is bad, whether what was accepted is typical.
  const choosers = new Map([...document.querySelectorAll("[data-chooser]")].map((chooser) => [chooser.dataset.chooser, chooser]));
  const openChooser = () => [...choosers.values()].find((chooser) => !chooser.hidden);

  const queue = []; // tasks at hand, the first one is on the screen
  const known = new Set(); // in the queue or answered: never to be queued again
  const answered = []; // the last ones, for undo
  let shown = null;
  let shownAt = 0;
  let seenFor = 0; // milliseconds on a visible screen before it was last hidden
  let lookedAgain = 0;
  let timer;

  const outbox = new Outbox({
    name: `${start.annotator}.${start.campaign}`,
    annotator: start.annotator,
    answersUrl: start.answersUrl,
    undoUrl: start.undoUrl,
    wants: () => ({ size: start.size, have: queue.map((task) => task.id) }),
    onChange: () => sayState(),
    onReply: (reply) => {
      if (reply.guideline !== start.guideline) say(words.newGuideline);
      if (reply.tasks.length) lookedAgain = 0;
      take(reply.tasks);
    },
    onRefused: (entry, why) => say((entry?.op === "undo" ? words.notUndone : words.refused).replace("{why}", why)),
  });

  function take(tasks) {
    for (const task of tasks) {
      if (known.has(task.id)) continue;
      known.add(task.id);
      queue.push(task);
    }
    if (shown !== queue[0] || !shown) paint();
  }

  function paint() {
    shown = queue[0] ?? null;
    for (const chooser of choosers.values()) chooser.hidden = true;
    for (const button of buttons) button.setAttribute("aria-disabled", String(!shown));
    if (shown) {
      place.innerHTML = shown.html; // rendered and escaped by our own server
    } else {
      const empty = outbox.trouble || outbox.isSending || outbox.entries.length ? "no-more-loaded" : "nothing-left";
      if (place.dataset.empty !== empty) place.replaceChildren(document.getElementById(empty).content.cloneNode(true));
      place.dataset.empty = empty;
      lookLater();
    }
    if (shown) delete place.dataset.empty;
    scrollTo(0, 0);
    shownAt = performance.now();
    seenFor = 0;
    sayProgress();
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
    const entry = outbox.judge({ task: task.id, answer: value, ...second, took, guideline: start.guideline });
    answered.push({ task, entry });
    if (answered.length > UNDOABLE) answered.shift();
    progress.judged += 1;
    progress.left = Math.max(0, progress.left - 1);
    say("");
    paint();
    outbox.flush();
  }

  function open(chooser) {
    for (const other of choosers.values()) other.hidden = other !== chooser;
    chooser.querySelector("button").focus({ preventScroll: true });
  }

  function close(chooser) {
    chooser.hidden = true;
    place.focus({ preventScroll: true });
  }

  function undo() {
    const last = answered.pop();
    if (!last) { say(words.nothingToUndo); return; }
    outbox.undo(last.entry);
    queue.unshift(last.task);
    progress.judged -= 1;
    progress.left += 1;
    say(words.undone);
    paint();
    outbox.flush();
  }

  function sayProgress() {
    const left = `${progress.left}${progress.more ? "+" : ""}`;
    document.getElementById("work-progress").textContent = words.progress.replace("{judged}", progress.judged).replace("{left}", left);
    const share = Math.round((100 * progress.judged) / Math.max(1, progress.judged + progress.left));
    line.firstElementChild.style.width = `${share}%`;
    line.setAttribute("aria-valuenow", share);
  }

  function sayState() {
    const waiting = outbox.entries.length;
    const isOffline = outbox.trouble === "offline";
    const word = isOffline ? (waiting ? words.offline : words.offlineNone) : waiting ? words.waiting : words.saved;
    saved.textContent = word.replace("{n}", waiting);
    saved.dataset.state = outbox.trouble ? "trouble" : waiting ? "waiting" : "saved";
    if (outbox.trouble === "login" || outbox.trouble === "failed") say(words[outbox.trouble]);
    else if (note.textContent === words.login || note.textContent === words.failed) say("");
    if (!shown && place.dataset.empty) paint();
  }

  function say(text) {
    if (note.textContent !== text) note.textContent = text;
  }

  function switchGuideline(open = panel.hidden) {
    panel.hidden = !open;
    panelSwitch.setAttribute("aria-expanded", String(open));
    document.querySelector(".work-columns").classList.toggle("with-guideline", open);
    if (open) panel.focus({ preventScroll: innerWidth >= 1000 });
    else place.focus({ preventScroll: true });
  }

  const keys = new Map(buttons.map((button) => [button.dataset.key, button.dataset.answer]));
  addEventListener("keydown", (event) => {
    if (event.repeat || event.isComposing || event.keyCode === 229) return;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches?.("input, textarea, select, [contenteditable]")) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    const chooser = openChooser();
    const second = chooser?.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (second) { second.click(); event.preventDefault(); return; }
    if (chooser && key === "Escape") { close(chooser); event.preventDefault(); return; }
    if (keys.has(key)) answer(keys.get(key), BOUNCE.key);
    else if (key === "z" || key === "Backspace") undo();
    else if (key === "g" || key === "?") switchGuideline();
    else if (key === "Escape" && !panel.hidden) switchGuideline(false);
    else return;
    event.preventDefault();
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
  document.getElementById("undo").addEventListener("click", () => undo());
  panelSwitch.addEventListener("click", () => switchGuideline());

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
