// What the task page says beside the task: progress, the goal of the day, what is not yet saved, notes.
"use strict";

(() => {
  globalThis.Saying = class Saying {
    constructor({ words, progress, today }) {
      Object.assign(this, { words, progress, today });
      const byId = (id) => document.getElementById(id);
      this.line = document.querySelector(".work-line");
      [this.saved, this.note, this.live, this.left, this.goal] = ["work-saved", "work-note", "work-live", "work-progress", "work-today"].map(byId);
      this.hasTrouble = false;
    }

    // One answer more, or one less by undo. A skip is no answer, but the task is off the list.
    count(answer, by) {
      this.progress.left = Math.max(0, this.progress.left - by);
      if (answer !== "skip") {
        this.progress.judged += by;
        this.today.judged += by;
      }
      this.sayProgress();
      if (by > 0 && answer !== "skip" && this.today.judged === this.today.goal) {
        this.say(this.words.goalReached.replace("{n}", this.today.goal), "done");
      }
    }

    sayProgress() {
      const { judged, left, more } = this.progress;
      const { goal, judged: now } = this.today;
      this.left.textContent = this.words.progress.replace("{judged}", judged).replace("{left}", `${left}${more ? "+" : ""}`);
      const share = goal ? now / goal : judged / Math.max(1, judged + left);
      const percent = Math.min(100, Math.round(100 * share));
      this.line.firstElementChild.style.width = `${percent}%`;
      this.line.setAttribute("aria-valuenow", percent);
      this.line.classList.toggle("done", Boolean(goal) && now >= goal);
      if (goal) this.goal.textContent = this.words.goal.replace("{today}", now).replace("{goal}", goal) + (now >= goal ? " ✓" : "");
    }

    sayState({ waiting, trouble }) {
      const { words, saved, note } = this;
      const isOffline = trouble === "offline";
      const word = (isOffline ? (waiting ? words.offline : words.offlineNone) : waiting ? words.waiting : words.saved).replace("{n}", waiting);
      if (saved.textContent !== word) saved.textContent = word;
      saved.dataset.state = trouble ? "trouble" : waiting ? "waiting" : "saved";
      if (trouble === "login" || trouble === "failed") this.say(words[trouble]);
      else if (note.textContent === words.login || note.textContent === words.failed) this.say("");
      // Aloud only when it goes wrong and when it is well again: a word at every answer would be noise.
      if (isOffline || (this.hasTrouble && !trouble && !waiting)) this.speak(word);
      this.hasTrouble = Boolean(trouble) || (this.hasTrouble && waiting > 0);
    }

    say(text, tone = "") {
      if (this.note.textContent !== text) this.note.textContent = text;
      this.note.dataset.tone = tone;
    }

    // For those who listen: the question and what it is about, in the language that each is in.
    announce(element) {
      const parts = [...element.querySelectorAll("[data-said]")].map((part) => {
        const said = document.createElement("span");
        if (part.lang) said.lang = part.lang;
        said.textContent = `${part.textContent} `;
        return said;
      });
      this.live.replaceChildren(...parts);
    }

    speak(text) {
      if (this.live.textContent !== text) this.live.textContent = text;
    }
  };
})();
