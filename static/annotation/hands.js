// Which key does what: for both hands, or for one. Hints and keys come from the same table.
"use strict";

(() => {
  // `maps`: {both: {accept: "j", …, undo: "z", second: ["1", …]}, left: …, right: …}
  globalThis.Hands = class Hands {
    constructor({ maps, chosen, url }) {
      Object.assign(this, { maps, url });
      for (const button of document.querySelectorAll("[data-hand]")) button.addEventListener("click", () => this.choose(button.dataset.hand));
      this.take(chosen);
    }

    take(hand) {
      this.chosen = hand;
      const map = this.maps[hand];
      for (const button of document.querySelectorAll("[data-does]")) this.mark(button, map[button.dataset.does]);
      for (const chooser of document.querySelectorAll("[data-chooser]")) {
        chooser.querySelectorAll("button").forEach((button, at) => this.mark(button, map.second[at]));
      }
      for (const button of document.querySelectorAll("[data-hand]")) button.setAttribute("aria-pressed", String(button.dataset.hand === hand));
      this.byKey = new Map(Object.entries(map).filter(([name]) => name !== "second").map(([name, key]) => [key, name]));
    }

    mark(button, key) {
      button.dataset.key = key;
      const more = { undo: " Backspace", guideline: " ?" }[button.dataset.does] ?? "";
      button.setAttribute("aria-keyshortcuts", key + more);
      button.querySelector("kbd").textContent = key;
    }

    // What a key does, or undefined.
    named(key) {
      return this.byKey.get(key) ?? { Backspace: "undo", "?": "guideline" }[key];
    }

    choose(hand) {
      this.take(hand);
      // Kept for the next time; should that fail, this page has them all the same.
      const body = new URLSearchParams({ keys: hand });
      fetch(this.url, { method: "POST", body, headers: { "X-CSRFToken": csrfToken() }, credentials: "same-origin" }).catch(() => {});
    }
  };
})();
