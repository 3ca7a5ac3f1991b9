// A finger moves the task to the right for yes, to the left for no. Up and down the page scrolls as ever.
"use strict";

(() => {
  const EDGE = 24; // pixels at the sides that belong to the browser's own gestures
  const START = 12; // so far it may still become a tap or a scroll
  const SHARE = 0.28; // of the width: from here on letting go answers
  const MOST = 140;

  // `onSwipe(answer)` is called once the finger is lifted behind the threshold; `isFree()` says whether one may begin.
  globalThis.watchSwipes = ({ place, answers, isFree, onSwipe }) => {
    let finger = null;
    const threshold = () => Math.min(MOST, SHARE * innerWidth);

    function show(dx) {
      const share = Math.min(1, Math.abs(dx) / threshold());
      place.style.setProperty("--swipe", `${dx}px`);
      place.style.setProperty("--swipe-share", share);
      place.dataset.swipe = dx > 0 ? answers.right : answers.left;
      place.toggleAttribute("data-armed", share === 1);
    }

    function rest() {
      finger = null;
      for (const name of ["--swipe", "--swipe-share"]) place.style.removeProperty(name);
      delete place.dataset.swipe;
      place.removeAttribute("data-armed");
    }

    place.addEventListener("pointerdown", (event) => {
      if (event.pointerType === "mouse") return;
      // A second finger is a pinch.
      if (!event.isPrimary || finger) { rest(); return; }
      if (!isFree() || event.clientX < EDGE || event.clientX > innerWidth - EDGE) return;
      finger = { id: event.pointerId, x: event.clientX, y: event.clientY, isSwiping: false };
    });

    place.addEventListener("pointermove", (event) => {
      if (event.pointerId !== finger?.id) return;
      const [dx, dy] = [event.clientX - finger.x, event.clientY - finger.y];
      if (!finger.isSwiping) {
        if (Math.abs(dy) > START && Math.abs(dy) > Math.abs(dx)) { rest(); return; }
        if (Math.abs(dx) < START || Math.abs(dx) < 1.5 * Math.abs(dy)) return;
        finger.isSwiping = true;
        place.setPointerCapture(finger.id);
      }
      show(dx);
    });

    place.addEventListener("pointerup", (event) => {
      if (event.pointerId !== finger?.id) return;
      const answer = finger.isSwiping && place.hasAttribute("data-armed") ? place.dataset.swipe : null;
      rest();
      if (answer) onSwipe(answer);
    });
    place.addEventListener("pointercancel", (event) => { if (event.pointerId === finger?.id) rest(); });
  };
})();
