"""Finding every page of a running stack, and looking at one as its reader does."""

import json
import re
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from people.access import routes
from tests.journeys.people import sql

AXE = Path(settings.BASE_DIR) / "node_modules/axe-core/axe.min.js"
GRAVE = ("serious", "critical")

# Routes that answer a GET with something else than a page of their own, or that the walk comes to by
# another way: an invitation, a file that was uploaded.
NO_PAGES = {
    "home",
    "health",
    "mining:image",
    "people:sign-up",
    "mining:import-columns",
    "mining:run-errors",
    "graph:export",
    "graph:confirm",
    "annotation:export",
    "annotation:export-file",
    "annotation:label-studio-file",
    "mining:compare-runs-csv",
}
# What a page with something in its address is about: a query for one or more of them.
ROWS = {
    "people:webhook": "select id from people_webhook limit 1",
    "people:person": "select id from people_user where role = 'annotator' limit 1",
    "graph:concept": "select subject_id from graph_triple order by id limit 1",
    "graph:triple": "select id from graph_triple order by id limit 1",
    "graph:triple-pane": "select id from graph_triple order by id limit 1",
    "graph:concept-pane": "select subject_id from graph_triple order by id limit 1",
    "graph:release": "select number from graph_release limit 1",
    "annotation:campaign-step": "values ('kind'), ('source'), ('guideline'), ('policy'), ('estimate'), "
    "('review')",
    "annotation:task": "select distinct on (kind) id from annotation_campaign order by kind, id",
    "annotation:campaign": "select id from annotation_campaign where question = 'poi'",
    "annotation:campaign-change": "select id from annotation_campaign where question = 'poi'",
    "annotation:gold": "select id from annotation_campaign where question = 'poi'",
    "annotation:quality": "select id from annotation_campaign where question = 'poi'",
    "annotation:guideline": "select id from annotation_campaign where question = 'poi'",
    "annotation:tasks": "select id from annotation_campaign where question = 'poi'",
    "annotation:task-detail": "select distinct on (c.kind) c.id, t.id from annotation_campaign c "
    "join annotation_task t on t.campaign_id = c.id join annotation_verdict v on v.task_id = t.id "
    "order by c.kind, t.id",
    **{
        f"annotation:{name}": "select id from annotation_campaign where question = 'poi'"
        for name in ("annotators", "reask", "exports", "label-studio")
    },
    "annotation:dispute": "select id from annotation_verdict where is_disputed limit 1",
    "mining:encoder": "select id from mining_encoder limit 1",
    "mining:corpus": "select id from mining_corpus order by id limit 1",
    "mining:document": "select id from mining_document order by id limit 1",
    "mining:run": "select distinct on (kind) id from mining_run where status = 'done' order by kind, id",
    "mining:run-record": "select run_id from mining_candidatefate limit 1",
    "mining:run-story": "select distinct on (stage = '') run_id, place from mining_candidatefate "
    "order by stage = '', place",
    "mining:judging": "select campaign_id from mining_judgingsample limit 1",
    "mining:candidate": "select id from mining_phrasecandidate order by score desc, id limit 1",
    "mining:learning": "select id from annotation_campaign where question = 'poi'",
    "mining:learning-run": "select id from annotation_campaign where question = 'poi'",
}
# Of these the demo has none, because making one takes minutes.
RARE = {"mining:encoder"}


@dataclass
class Walk:
    """One reader's walk: who they are is in the page's session, what they saw is kept here."""

    page: object
    stack: object
    troubles: list = field(default_factory=list)
    seen: list = field(default_factory=list)

    def __post_init__(self):
        self.content = content_of(self.stack)

    def addresses(self, more=()):
        """(name, path) of every page there is; one that nobody has told rows for is a trouble."""
        for route, name, _view in routes():
            if route.startswith("api/") or name in NO_PAGES:
                continue
            pieces = re.findall(r"<(\w+):\w+>", route)
            if "(?P" in route:
                continue  # moves, which are posted
            if not pieces:
                yield name, f"/{route}"
                continue
            if name in ROWS:
                found = sql(self.stack, ROWS[name])
                if not found and name not in RARE:
                    self.troubles.append(f"{name}: the workspace has no such row")
                for values in found:
                    yield name, "/" + fill(route, values)
                continue
            made_up = fill(route, ["7" if kind == "int" else "made-up" for kind in pieces])
            if "uuid" in pieces:
                made_up = fill(route, ["00000000-0000-4000-8000-000000000007"] * len(pieces))
            if self.page.context.request.get(f"{self.stack.url}/{made_up}").status != 405:
                self.troubles.append(f"{name}: which rows? Tell tests/journeys/walking.py")
        yield from more

    def visit(self, name, path):
        """Open it; False where it is posted to only, or a piece of a page."""
        answer = self.page.context.request.get(self.stack.url + path, max_redirects=0)
        if answer.status in {302, 405} or "<html" not in answer.text():
            return False
        if name != "nowhere" and answer.status != 200:
            self.troubles.append(f"{name} {path}: {answer.status}")
            return False
        self.page.goto(self.stack.url + path)
        self.seen.append(name)
        return True

    def find(self, name, troubles):
        self.troubles += [f"{name}: {trouble}" for trouble in troubles]


def fill(route, values):
    rest = iter(values)
    return re.sub(r"<\w+:\w+>", lambda _piece: str(next(rest)), route)


def barriers(page, *, only_colours=False):
    """What axe-core calls serious or critical, one line per rule with the first elements."""
    page.evaluate(AXE.read_text())  # past the content policy, as a browser extension would
    options = {"resultTypes": ["violations"], "elementRef": False}
    if only_colours:
        options["runOnly"] = ["color-contrast", "link-in-text-block"]
    found = page.evaluate("options => axe.run(document, options)", options)["violations"]
    return [
        f"{one['id']} ({one['impact']}): "
        + " | ".join(
            f"{' '.join(map(str, node['target']))} {node['html'][:120]}" for node in one["nodes"][:3]
        )
        for one in found
        if one["impact"] in GRAVE
    ]


# Text that a reader of Chinese pages gets, apart from what stands there as a name, as code, or as content
# in a language of its own.
TEXTS = """() => {
  const own = '[lang]:not(html):not([lang^=zh]), [translate=no], code, pre, kbd, .mono, script, noscript, style, template, textarea, option[value=en]';
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  const found = [['title', document.title]];
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (!element.closest(own) && walker.currentNode.data.trim()) found.push([element.tagName.toLowerCase() + (element.className ? '.' + element.className : ''), walker.currentNode.data.trim()]);
  }
  for (const element of document.querySelectorAll('[title], [aria-label], [placeholder], [alt]'))
    for (const name of ['title', 'aria-label', 'placeholder', 'alt'])
      if (element.hasAttribute(name) && !element.closest(own)) found.push([`${element.tagName.toLowerCase()}[${name}]`, element.getAttribute(name)]);
  return found;
}"""  # noqa: E501
LATIN = re.compile(r"[A-Za-z][A-Za-z'’-]+")
FILE = re.compile(r"[\w.-]*\.(?:csv|tsv|jsonl|parquet|gz|zip|tar|yaml)\b|\w+@\w+")
# Names of more than one word, and settings in the environment.
NAMES = re.compile(r"Label Studio|Hugging Face|Crowd-Kit|\b[A-Z]+(?:_[A-Z]+)+\b")

# What people and files wrote stays in its language: names, titles, phrases, sentences.
CONTENT = """
select text from graph_label union select name from annotation_campaign union select name from mining_corpus
union select username from people_user union select text from mining_phrasecandidate
union select name from graph_concept
union select source_id from mining_document union select title from mining_document
union select note from graph_release union select name from people_apitoken
union select name from people_webhook
union select content ->> 'text' from annotation_task
union select content ->> 'title' from annotation_task where content ? 'title'
union select content -> 'subject' ->> 'text' from annotation_task where content ? 'subject'
union select content -> 'object' ->> 'text' from annotation_task where content ? 'object'
"""


def content_of(stack):
    """One pattern of all that is content in this workspace, the longest first."""
    written = {text.strip() for (text,) in sql(stack, CONTENT) if text and LATIN.search(text)}
    longest = sorted(written, key=len, reverse=True)
    return re.compile(f"(?<![A-Za-z])(?:{'|'.join(map(re.escape, longest))})(?![A-Za-z])")


def left_overs(page, content):
    """Latin words on a Chinese page that are neither content nor names, with where they stand."""
    found = set()
    for place, text in page.evaluate(TEXTS):
        rest = NAMES.sub(" ", FILE.sub(" ", content.sub(" ", text))) if LATIN.search(text) else ""
        words = [word for word in LATIN.findall(rest) if word not in ALLOWED]
        if words:
            found.add(f"{place}: {text[:100]!r} {words[:6]}")
    return sorted(found)


# Names and codes that a Chinese reader knows by no other word.
ALLOWED = {
    *("kgcurate", "API", "JSON", "CSV", "JSONL", "TSV", "YAML", "XML", "ZIP", "TAR", "gz", "Parquet", "IRI"),
    *("JPEG", "PNG", "WebP", "GIF", "ROC", "Brier", "GLAD", "MACE", "Wawa", "M-MSR", "Dawid-Skene", "GiB"),
    *("Esc", "Enter", "Shift", "Redis", "PostgreSQL", "beat", "gpu", "celery", "N-Triples"),
    *(
        "JSON-LD",
        "ZeroBasedSkill",
        "Krippendorff",
        "Wilson",
        "SPF",
        "ml",
        "pH",
        "CNY",
        "EUR",
        "POST",
        "http",
        "https",
    ),
    "Wilson",
    # Parts of a mining run as the papers call them.
    *("CPU", "RF", "SEG", "MLM"),
}


def too_wide(page, width):
    """Whether the page itself scrolls sideways."""
    wide = page.evaluate("document.documentElement.scrollWidth")
    return [f"is {wide} px wide at {width}"] if wide > width else []


def log_in(page, stack, role):
    logins = {login["role"]: login for login in json.loads((stack.var / "demo_logins.json").read_text())}
    page.goto(stack.url)
    page.locator("[name=username]").fill(logins[role]["username"])
    page.locator("[name=password]").fill(logins[role]["password"])
    page.locator("main form button").click()
    page.wait_for_load_state()
