// A few words that go with the next answer. They never stand between a key and its answer.
"use strict";

(() => {
  globalThis.CommentField = class CommentField {
    // `onClosed()` gives the keys back to the task.
    constructor(onClosed) {
      this.row = document.getElementById("comment");
      this.field = document.getElementById("comment-text");
      this.onClosed = onClosed;
      this.field.addEventListener("keydown", (event) => {
        // Enter and Escape belong to an input method while it is composing.
        if (event.isComposing || event.keyCode === 229) return;
        if (event.key === "Enter") this.keep();
        else if (event.key === "Escape") this.drop();
        else return;
        event.preventDefault();
        event.stopPropagation();
      });
      document.getElementById("comment-keep").addEventListener("click", () => this.keep());
    }

    open() {
      this.row.hidden = false;
      this.field.focus({ preventScroll: true });
    }

    // It stays in sight until the answer takes it along.
    keep() {
      this.row.hidden = !this.field.value.trim();
      this.onClosed();
    }

    drop() {
      this.bringBack("");
      this.onClosed();
    }

    bringBack(text) {
      this.field.value = text;
      this.row.hidden = !text;
    }

    take() {
      const text = this.field.value.trim();
      this.bringBack("");
      return text;
    }
  };
})();
