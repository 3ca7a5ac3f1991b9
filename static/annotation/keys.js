// Which key was meant, whatever input method or layout is on, and that one press is one press.
"use strict";

(() => {
  // An input method hides the letter behind one of these names, or behind key code 229.
  const HIDDEN = new Set(["Process", "Unidentified", "Dead"]);
  // A press whose release was not seen counts as held for so long after its last event.
  const HELD = 600;

  const OTHERS = { Slash: ["/", "?"], Equal: ["=", "+"], Minus: ["-", "_"], NumpadAdd: ["+", "+"], NumpadSubtract: ["-", "-"], Space: [" ", " "] };

  // Where the key lies: the letter of a QWERTY keyboard there.
  function ofPlace({ code, shiftKey }) {
    const plain = /^(?:Key|Digit|Numpad)([A-Z0-9])$/.exec(code)?.[1].toLowerCase();
    return plain ?? OTHERS[code]?.[shiftKey ? 1 : 0] ?? code;
  }

  // "j" for j, J, a full-width ｊ, and for the key at that place while an input method or a layout without
  // Latin letters is on; "Escape", "Backspace" and so on for the others.
  globalThis.keyMeant = (event) => {
    const key = event.key.normalize("NFKC");
    if (/^[ -~]$/.test(key)) return key.toLowerCase();
    const isHidden = HIDDEN.has(key) || event.keyCode === 229 || key.length === 1;
    return isHidden && event.code ? ofPlace(event) : key;
  };

  // Somewhere to type: what is pressed there is text, and an input method at work there keeps its keys.
  globalThis.isTyping = (event) => Boolean(event.target.closest?.("input:not([type=radio], [type=checkbox]), textarea, select, [contenteditable]"));

  const down = new Map(); // key -> when it was last seen going down
  addEventListener("keyup", (event) => down.delete(event.code || event.key), true);
  addEventListener("blur", () => down.clear());

  // A held key repeats, and an input method may tell one press twice: once as its own and once as a letter.
  globalThis.isPressedAgain = (event) => {
    const name = event.code || event.key;
    const before = down.get(name);
    down.set(name, performance.now());
    return event.repeat || (before !== undefined && performance.now() - before < HELD);
  };
})();
