// Fields that mean nothing to what is chosen are out of sight.
const form = document.querySelector("#mine");
const holds = (rule) => {
  const [name, value] = rule.split("=");
  const field = form.elements[name];
  return value === undefined ? field.checked : field.value === value;
};
const show = () => {
  for (const part of form.querySelectorAll("[data-when]")) part.hidden = !part.dataset.when.split(" ").every(holds);
};
form.addEventListener("change", show);
show();
