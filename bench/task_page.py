"""Key press to the next task painted, in a real Chromium against a real server, for the three kinds.

Each press is timed inside the page: from the key event's own time stamp to the second animation frame
after it, when the frame with the next task has been handed to the screen. The same again with 250 ms of
latency on every request, as Chromium's own network emulation adds it. Beside it stands what the page
would take if it asked the server for each next task: the measured round trip of one answer.

SMALL=1 presses 40 times per kind instead of 300.
"""

import json
import os
import platform
import statistics
import sys
import time
from typing import Any

KINDS = {"phrase": "poi", "relation_sentence": "satisfy", "image_text": "shows"}
LATENCY = 250  # milliseconds
PACE = 200  # milliseconds between two presses: faster than anybody reads
KEYS = "jfju"
SMALL = bool(os.environ.get("SMALL", "").strip("0"))
PRESSES = 40 if SMALL else 300

# Listens before the page does, so that the page's own work is part of what is measured.
WATCH = """
globalThis.painted = [];
addEventListener("keydown", (event) => {
  const before = document.querySelector(".candidate")?.dataset.task;
  requestAnimationFrame(() => requestAnimationFrame(() => {
    const after = document.querySelector(".candidate")?.dataset.task;
    const image = document.querySelector(".candidate img");
    painted.push({ took: performance.now() - event.timeStamp, isNext: Boolean(after) && after !== before,
                   isDrawn: !image || (image.complete && image.naturalWidth > 0) });
  }));
}, true);
"""


def main() -> None:
    from playwright.sync_api import sync_playwright

    from tests.browser import ARGUMENTS, chromium_path
    from tests.live import running_stack

    began = time.monotonic()
    figures: dict[str, Any] = {"bench": "task_page", "small": SMALL, "presses": PRESSES, "kinds": {}}
    with running_stack(demo=True) as stack, sync_playwright() as playwright:
        widen(stack)
        browser = playwright.chromium.launch(executable_path=chromium_path(), headless=True, args=ARGUMENTS)
        figures["browser"] = browser.version
        for kind, question in KINDS.items():
            campaign = campaign_of(stack, question)
            figures["kinds"][kind] = {}
            for name, latency in (("local", 0), ("with_latency", LATENCY)):
                found = measure(browser, stack, campaign, latency)
                figures["kinds"][kind][name] = found
                tell(f"{kind} {name}: {found}")
        browser.close()
    figures["latency_ms"] = LATENCY
    figures["machine"] = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    figures["seconds"] = round(time.monotonic() - began, 1)
    print(json.dumps(figures))


def widen(stack: Any) -> None:
    """Tasks enough for every walk: candidates of the demo asked again under other numbers."""
    columns = [
        name
        for (name,) in sql(
            stack,
            "SELECT column_name FROM information_schema.columns "
            "WHERE table_name = 'annotation_task' AND column_name <> 'id' ORDER BY ordinal_position",
        )
    ]
    own = {"candidate_id": "candidate_id + 1000000 * copy", "rank": "rank + copy", "taken_by": "'{}'"}
    own |= {"seats_free": "seats_granted", "lapsed": "'{}'"}
    values = ", ".join(own.get(name, name) for name in columns)
    with connect(stack) as connection:
        connection.execute(
            f"INSERT INTO annotation_task ({', '.join(columns)}) SELECT {values} "
            "FROM annotation_task, generate_series(1, 20) AS copy "
            "WHERE pool <> 'gold' AND campaign_id IN "
            "(SELECT id FROM annotation_campaign WHERE question IN ('satisfy', 'shows'))"
        )


def measure(browser: Any, stack: Any, campaign: int, latency: int) -> dict[str, Any]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en")
    page = context.new_page()
    page.add_init_script(WATCH)
    log_in(page, stack)
    tools = context.new_cdp_session(page)
    page.goto(f"{stack.url}/work/{campaign}/")
    page.wait_for_selector(".candidate")
    page.wait_for_load_state("networkidle")
    tools.send("Network.enable")
    emulated = {"offline": False, "latency": latency, "downloadThroughput": -1, "uploadThroughput": -1}
    tools.send("Network.emulateNetworkConditions", emulated)
    trips: list[float] = []
    page.on("requestfinished", lambda request: note_trip(request, trips))
    page.wait_for_timeout(500)
    for number in range(PRESSES):
        page.keyboard.press(KEYS[number % len(KEYS)])
        page.wait_for_timeout(PACE)
        if page.locator(".candidate").count() == 0:
            page.wait_for_selector(".candidate", timeout=30_000)
    painted = page.evaluate("painted")
    page.wait_for_selector("#work-saved[data-state=saved]")
    context.close()
    took = sorted(one["took"] for one in painted if one["isNext"])
    return {
        "presses": len(painted),
        "answered_at_once": len(took),
        "pictures_drawn": sum(one["isDrawn"] for one in painted),
        "p50_ms": round(statistics.median(took), 1),
        "p95_ms": round(took[int(0.95 * (len(took) - 1))], 1),
        "max_ms": round(took[-1], 1),
        "round_trip_p50_ms": round(statistics.median(trips), 1) if trips else None,
    }


def note_trip(request: Any, trips: list[float]) -> None:
    if request.method == "POST" and request.url.endswith("/judgments"):
        trips.append(request.timing["responseEnd"])


def log_in(page: Any, stack: Any) -> None:
    logins = json.loads((stack.var / "demo_logins.json").read_text())
    person = next(login for login in logins if login["role"] == "annotator")
    page.goto(stack.url)
    page.locator("[name=username]").fill(person["username"])
    page.locator("[name=password]").fill(person["password"])
    page.locator("main form button").click()
    page.wait_for_load_state()


def connect(stack: Any) -> Any:
    import psycopg

    from kgcurate.servers.places import socket_dir

    return psycopg.connect(host=str(socket_dir(stack.var)), dbname="kgcurate", user="postgres")


def sql(stack: Any, query: str) -> list[Any]:
    with connect(stack) as connection:
        return connection.execute(query).fetchall()


def campaign_of(stack: Any, question: str) -> int:
    return sql(stack, f"SELECT id FROM annotation_campaign WHERE question = '{question}'")[0][0]


def tell(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
