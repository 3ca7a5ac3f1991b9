// Fields that only some kinds of rows have are shown for these only.
const form = document.querySelector("#import");
const show = () => {
  const what = form.querySelector("[name=what]:checked")?.value;
  for (const part of form.querySelectorAll("[data-for]")) {
    part.hidden = !part.dataset.for.split(" ").includes(what);
    // Said by the browser, before the files are sent for nothing.
    for (const field of part.querySelectorAll("[data-needed]")) field.required = !part.hidden;
  }
};
form.addEventListener("change", show);
show();
