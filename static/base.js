// Small behaviours that any page may use, declared by attributes.

// The server learns where the reader's day begins. It holds from the next page on.
{
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (zone) document.cookie = `time_zone=${encodeURIComponent(zone)}; path=/; max-age=31536000; samesite=lax${location.protocol === "https:" ? "; secure" : ""}`;
}

// <form data-confirm="Delete 3 things?"> asks before it submits.
addEventListener("submit", (event) => {
  const words = event.target.dataset?.confirm;
  if (words && !confirm(words)) event.preventDefault();
}, true);

// A form submits once: a double click must not send it twice.
addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post" || form.hasAttribute("hx-post")) return;
  if (form.dataset.sent) { event.preventDefault(); return; }
  form.dataset.sent = "1";
  // Back/forward cache brings the page back as it was left.
  addEventListener("pageshow", () => delete form.dataset.sent, { once: true });
});

// <button data-copy="#secret"> copies the text of an element.
addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const source = document.querySelector(button.dataset.copy);
  await navigator.clipboard.writeText(source.value ?? source.textContent);
  button.textContent = button.dataset.copied;
});

// Where the bar or the tabs are too narrow for all links, the one of this page is in sight.
addEventListener("DOMContentLoaded", () => {
  for (const here of document.querySelectorAll(".bar nav [aria-current], .tabs [aria-current]")) {
    const bar = here.parentElement;
    bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
  }
});

// What somebody opened stays open when htmx brings the same piece up to date.
addEventListener("htmx:beforeSwap", (event) => {
  const open = [...event.target.querySelectorAll("details[id][open]")].map((one) => one.id);
  if (open.length) addEventListener("htmx:afterSwap", () => {
    for (const id of open) document.getElementById(id)?.setAttribute("open", "");
  }, { once: true });
});

// <select data-submit> sends its form when changed.
addEventListener("change", (event) => {
  if (event.target.matches?.("[data-submit]")) event.target.form.requestSubmit();
});

// What scrolls sideways can be reached and moved by the keyboard too; what fits needs no stop.
function reachScrolling() {
  for (const wrap of document.querySelectorAll(".table-wrap, .bar-sections, .bar-pages-inner, .tabs")) {
    if (wrap.scrollWidth > wrap.clientWidth && !wrap.querySelector("a, button, input, select, textarea")) wrap.tabIndex = 0;
    else wrap.removeAttribute("tabindex");
  }
}
addEventListener("DOMContentLoaded", reachScrolling);
addEventListener("resize", reachScrolling);
addEventListener("htmx:afterSettle", reachScrolling);
