// Deciding in a list, for the review queue and the disputes alike: one press is one decision.
//
// What is pressed again while the server answers, or right after it, is the second half of a double click or of
// a key that was hit twice. It was meant for the row that is gone; the next one nobody has read yet.
const deciding = (() => {
  const AFTER = 500; // ms, as long as most systems take two clicks for one
  let isAsking = false;
  let last = ""; // what was decided last, and when the same counts again
  let free = 0;
  return {
    begin(what) {
      if (isAsking || (what === last && performance.now() < free)) return false;
      isAsking = true;
      last = what;
      return true;
    },
    // The answer is there. With a place for the focus it was a decision; without, only its question was fetched.
    end(place) {
      isAsking = false;
      free = place ? performance.now() + AFTER : 0;
      // Enter or the space bar would press again the button that was pressed last, now for another row.
      place?.focus({ preventScroll: true });
    },
    // Rows that are decided leave the list. Some came along with others and were never in it.
    clear() {
      for (const id of document.querySelector("[data-gone]")?.dataset.gone.split(" ") ?? []) {
        document.getElementById(id)?.remove();
      }
    },
  };
})();
