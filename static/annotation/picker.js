// A long list of boxes to tick: typing narrows it, and how many are ticked is told.
(() => {
  const FEW = 8; // are found by looking
  for (const picker of document.querySelectorAll("[data-picker]")) {
    const rows = [...picker.querySelectorAll(".choice")];
    if (rows.length <= FEW) continue;
    const find = document.createElement("input");
    find.type = "search";
    find.placeholder = picker.dataset.picker;
    find.setAttribute("aria-label", picker.dataset.picker);
    const told = document.createElement("p");
    told.className = "small muted";
    told.setAttribute("role", "status");
    const list = picker.querySelector(".choices");
    list.before(find);
    list.after(told);

    const narrow = () => {
      const words = find.value.trim().toLowerCase();
      for (const row of rows) row.hidden = !row.textContent.toLowerCase().includes(words);
    };
    const tell = () => {
      const ticked = rows.filter((row) => row.querySelector("input").checked).length;
      told.textContent = ticked ? picker.dataset.chosen.replace("{n}", ticked) : "";
    };
    find.addEventListener("input", narrow);
    // What is typed here is no answer of the form.
    find.addEventListener("change", (event) => event.stopPropagation());
    find.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
    list.addEventListener("change", tell);
    tell();
  }
})();
