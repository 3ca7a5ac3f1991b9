// Rows of examples: one more, one less. Without this script there are two empty rows to write in.
for (const list of document.querySelectorAll("[data-examples]")) {
  const pattern = list.querySelector("template");
  const add = list.querySelector("[data-add]");
  const rows = () => [...list.querySelectorAll(".example")];
  let number = rows().length;

  const readied = (row) => { row.querySelector("[data-remove]").hidden = false; return row; };
  rows().forEach(readied);
  add.hidden = false;

  add.addEventListener("click", () => {
    const row = readied(pattern.content.firstElementChild.cloneNode(true));
    number += 1;
    for (const part of row.querySelectorAll("[id], [for]"))
      for (const name of ["id", "for"])
        if (part.hasAttribute(name)) part.setAttribute(name, part.getAttribute(name).replace(/_new$/, `_${number}`));
    // The last row's language and answer are the likeliest again.
    const last = rows().at(-1)?.querySelectorAll("select") ?? [];
    row.querySelectorAll("select").forEach((choice, place) => { if (last[place]) choice.value = last[place].value; });
    pattern.before(row);
    row.querySelector("input").focus();
  });

  list.addEventListener("click", (event) => {
    const row = event.target.closest("[data-remove]")?.closest(".example");
    if (!row) return;
    const next = row.nextElementSibling?.matches(".example") ? row.nextElementSibling : rows().at(-2);
    row.remove();
    (next?.querySelector("input") ?? add).focus();
  });
}
