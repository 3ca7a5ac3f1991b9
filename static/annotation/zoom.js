// A picture larger and small again: by click, with + or space. The fragment around it comes and goes.
"use strict";

(() => {
  const picture = () => document.querySelector("[data-zoom]");

  function turn(button, at = { x: 0.5, y: 0.5 }) {
    const larger = button.getAttribute("aria-pressed") !== "true";
    const bar = document.querySelector(".answers");
    // The answers stay in reach below it.
    document.documentElement.style.setProperty("--answers-height", `${bar ? bar.offsetHeight : 0}px`);
    const image = button.querySelector("img");
    // Twice what it was, or all the pixels there are.
    image.style.width = larger ? `${Math.max(2 * image.clientWidth, image.naturalWidth)}px` : "";
    button.setAttribute("aria-pressed", String(larger));
    if (!larger) return;
    button.scrollLeft = at.x * button.scrollWidth - button.clientWidth / 2;
    button.scrollTop = at.y * button.scrollHeight - button.clientHeight / 2;
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest?.("[data-zoom]");
    if (!button) return;
    const box = button.getBoundingClientRect();
    // A key's click has no place of its own: the middle then.
    turn(button, event.detail ? { x: (event.clientX - box.left) / box.width, y: (event.clientY - box.top) / box.height } : undefined);
  });

  document.addEventListener("keydown", (event) => {
    if (event.repeat || event.ctrlKey || event.metaKey || event.altKey || isTyping(event)) return;
    const key = keyMeant(event);
    const button = picture();
    if (!button) return;
    const isLarger = button.getAttribute("aria-pressed") === "true";
    // Space on a button or a link is that button's; on the picture itself it is a click already.
    const isSpace = key === " " && !event.target.closest?.("button, a, summary");
    if (key === "+" || key === "=" || isSpace || (isLarger && (key === "-" || key === "Escape"))) {
      event.preventDefault();
      turn(button);
    }
  });
})();
