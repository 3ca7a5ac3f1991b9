// Fields that only documents have are shown for documents only.
const form = document.querySelector("#import");
const show = () => {
  const what = form.querySelector("[name=what]:checked")?.value;
  for (const part of form.querySelectorAll("[data-for]")) part.hidden = part.dataset.for !== what;
};
form.addEventListener("change", show);
show();
