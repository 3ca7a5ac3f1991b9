// Says so when the page can no longer be brought up to date, and asks /health which server is down.
document.addEventListener("htmx:afterRequest", async (event) => {
  if (event.target.id !== "operations") return;
  const notice = document.querySelector("#operations-silent");
  if (event.detail.successful) { notice.hidden = true; return; }
  let states = {};
  try { states = await (await fetch("/health", { cache: "no-store" })).json(); } catch { /* no web server either */ }
  const down = Object.keys(states).find((name) => states[name] === "down") ?? "web";
  for (const line of notice.querySelectorAll("[data-down]")) line.hidden = line.dataset.down !== down;
  notice.hidden = false;
});
