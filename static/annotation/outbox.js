// Answers on their way to the server. Each is kept in the browser from the key press until the server has
// acknowledged it: through an outage, a reload, a crash. Sending one twice is harmless, its id is the same.
"use strict";

const BATCH = 50;
const SLOWEST = 30_000; // milliseconds between attempts while the server is away
const PATIENCE = 15_000; // a request that hangs longer is given up and tried again

// Ids made here; crypto.randomUUID exists on https and localhost only.
function newId() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = (bytes[6] & 0x0f) | 0x40;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

class Trouble extends Error {
  constructor(name) { super(name); this.trouble = name; }
}

class Outbox {
  // `name` tells users and campaigns apart; `wants()` says which tasks to ask for with every request.
  constructor({ name, annotator, answersUrl, undoUrl, wants, onChange, onReply, onRefused }) {
    Object.assign(this, { annotator, answersUrl, undoUrl, wants, onChange, onReply, onRefused });
    this.prefix = `kgcurate.outbox.${name}.`;
    this.entries = [];
    this.trouble = "";
    this.isStored = true;
    this.delay = 0;
    this.latest = 0;
    this.takeStored();
  }

  // One item per entry, so that two tabs never write over each other.
  takeStored() {
    const known = new Set(this.entries.map((entry) => entry.key));
    try {
      for (const key of Object.keys(localStorage)) {
        if (!key.startsWith(this.prefix) || known.has(key)) continue;
        try {
          // Another tab, or this one before a reload, may have sent it already.
          this.entries.push({ ...JSON.parse(localStorage.getItem(key)), key, tried: true });
        } catch { localStorage.removeItem(key); }
      }
    } catch { this.isStored = false; }
    this.entries.sort((one, two) => (one.key < two.key ? -1 : 1));
  }

  add(entry) {
    this.latest = Math.max(Date.now(), this.latest + 1);
    entry.key = `${this.prefix}${this.latest}.${entry.id}`;
    this.entries.push(entry);
    try { localStorage.setItem(entry.key, JSON.stringify(entry)); } catch { this.isStored = false; }
    this.onChange();
    return entry;
  }

  remove(entry) {
    this.entries = this.entries.filter((other) => other !== entry);
    try { localStorage.removeItem(entry.key); } catch { /* it was never stored */ }
  }

  judge({ task, answer, reason = "", typicality = "", comment = "", took, guideline }) {
    return this.add({ op: "judge", id: newId(), task, answer, reason, typicality, comment, took_ms: took, guideline, tried: false });
  }

  // What was never sent simply goes; what may have arrived is taken back after it.
  undo(entry) {
    if (this.entries.includes(entry) && !entry.tried) this.remove(entry);
    else this.add({ op: "undo", id: entry.id, tried: false });
    this.onChange();
  }

  // Tasks that are answered here although the server may not know yet.
  answeredTasks() {
    const undone = new Set(this.entries.filter((entry) => entry.op === "undo").map((entry) => entry.id));
    return this.entries.filter((entry) => entry.op === "judge" && !undone.has(entry.id)).map((entry) => entry.task);
  }

  async flush() {
    if (this.isSending) { this.isWanted = true; return; }
    clearTimeout(this.timer);
    this.isSending = true;
    try {
      do {
        this.isWanted = false;
        this.takeStored();
        await this.sendNext();
      } while (this.isWanted || this.entries.length);
      this.trouble = "";
      this.delay = 0;
    } catch (error) {
      if (!(error instanceof Trouble)) throw error;
      this.trouble = error.trouble;
      this.delay = Math.min(SLOWEST, this.delay * 2 || 1000);
      this.timer = setTimeout(() => this.flush(), this.delay);
    } finally {
      this.isSending = false;
      this.onChange();
    }
  }

  // In the order of what was done: an undo goes after its answer and before the next one.
  async sendNext() {
    const [first] = this.entries;
    if (first?.op === "undo") { await this.sendUndo(first); return; }
    const end = this.entries.findIndex((entry) => entry.op === "undo");
    await this.sendAnswers(this.entries.slice(0, Math.min(BATCH, end < 0 ? BATCH : end)));
  }

  async sendAnswers(batch) {
    for (const entry of batch) entry.tried = true;
    const judgments = batch.map(({ op: _op, tried: _tried, key: _key, ...told }) => told);
    const response = await this.request("POST", this.answersUrl, { judgments, html: true, ...this.wants() });
    const reply = await response.json().catch(() => { throw new Trouble("failed"); });
    for (const result of reply.results) {
      const entry = batch.find(({ id }) => id === result.id);
      if (entry) this.remove(entry);
      if (result.status === "refused") this.onRefused(entry, result.detail);
    }
    if (batch.some((entry) => this.entries.includes(entry))) throw new Trouble("failed");
    this.trouble = "";
    this.onReply(reply);
    this.onChange();
  }

  async sendUndo(entry) {
    entry.tried = true;
    const response = await this.request("DELETE", `${this.undoUrl}/${entry.id}`);
    this.remove(entry);
    if (response.status === 409) this.onRefused(entry, (await response.json().catch(() => ({}))).detail ?? "");
    this.trouble = "";
    this.onChange();
  }

  async request(method, url, body) {
    const headers = { "X-CSRFToken": csrfToken(), "X-Annotator": String(this.annotator), Accept: "application/json" };
    if (body) headers["Content-Type"] = "application/json";
    let response;
    try {
      const signal = AbortSignal.timeout(PATIENCE);
      response = await fetch(url, { method, headers, signal, body: body && JSON.stringify(body), credentials: "same-origin" });
    } catch { throw new Trouble("offline"); }
    if (response.status === 401 || response.status === 403) throw new Trouble("login");
    const isUndone = method === "DELETE" && [404, 409].includes(response.status);
    if (!response.ok && !isUndone) throw new Trouble("failed");
    return response;
  }
}

// The cookie changes when somebody logs in again in another tab; the page's own token is the fallback.
function csrfToken() {
  const cookie = /(?:^|;\s*)csrftoken=([^;]+)/.exec(document.cookie);
  return cookie ? decodeURIComponent(cookie[1]) : document.querySelector('meta[name="csrf-token"]').content;
}

globalThis.Outbox = Outbox;
globalThis.csrfToken = csrfToken;
