"""The whole loop as three people go through it, in a real browser, on real parts.

With SCREENSHOTS=folder the pictures of the README and the docs are made on the way.
"""

import json
import os
from pathlib import Path

import pytest
from playwright.sync_api import expect
from rdflib import RDF, Graph, URIRef

from tests.journeys.people import Person, campaign_of, sql
from tests.live import wait_for

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(600),
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated"),  # rdflib's own JSON-LD parser
]

DESKTOP = {"width": 1440, "height": 900}
PHONE = {
    "viewport": {"width": 390, "height": 844},
    "has_touch": True,
    "is_mobile": True,
    "device_scale_factor": 2,
}
MORE_DOCUMENTS = """Nummer,Bewertung,Warengruppe
r-1,这款面霜保湿效果很好，皮肤干燥的朋友可以试试。,face-cream
r-2,The jacket keeps me warm and it is lightweight. No static at all!,down-jacket
r-3,,dress
r-4,面料亲肤透气，夏天穿不闷热。,t-shirt
"""


@pytest.fixture(scope="module")
def pictures():
    folder = Path(os.environ.get("SCREENSHOTS") or "build/screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture
def look(pictures):
    def take(page, name):
        page.wait_for_load_state("networkidle")
        page.screenshot(path=pictures / f"{name}.png")

    return take


def log_in(page, stack, role):
    logins = {login["role"]: login for login in json.loads((stack.var / "demo_logins.json").read_text())}
    page.goto(stack.url)
    page.get_by_label("Username").fill(logins[role]["username"])
    page.get_by_label("Password", exact=True).fill(logins[role]["password"])
    page.get_by_role("button", name="Log in").click()


def test_the_loop(demo_stack, open_page, look, tmp_path):
    stack = demo_stack
    admin = open_page(viewport=DESKTOP)
    log_in(admin, stack, "admin")
    look(admin, "overview")
    import_more_documents(admin, stack, look, tmp_path)
    mine(admin, stack, look)
    campaign = campaign_of(stack, "poi")
    refill(admin, stack, campaign)
    annotate(open_page, stack, campaign, look)
    crowd_answers(stack, campaign)
    watch_it_learn(admin, stack, campaign, look)
    curator = open_page(viewport=DESKTOP)
    log_in(curator, stack, "curator")
    approved = curate(curator, stack, look)
    release(curator, look)
    download(admin, stack, approved, look)
    trail_resolves(stack, approved)


def import_more_documents(admin, stack, look, folder):
    """A file with foreign column names and one broken row: mapped on the page; good rows go in."""
    file = folder / "bewertungen.csv"
    file.write_text(MORE_DOCUMENTS, encoding="utf-8")
    admin.get_by_role("link", name="Mining", exact=True).first.click()
    expect(admin.locator(".bar-pages [aria-current]")).to_have_text("Corpora")
    look(admin, "corpora")
    admin.goto(f"{stack.url}/corpora/import")
    admin.locator("[name=chosen]").set_input_files(file)
    admin.get_by_label("Corpus").fill("Reviews of the week")
    admin.get_by_role("button", name="Upload and look").click()
    for field, column in {"Id": "Nummer", "Text": "Bewertung", "Category": "Warengruppe"}.items():
        admin.get_by_label(field, exact=True).select_option(column)
    look(admin, "import-columns")
    admin.get_by_role("button", name="Import").click()
    expect(admin.locator("#run .badge.done")).to_be_visible(timeout=30_000)
    assert sql(stack, "select count(*) from mining_document where source_id like 'r-%'") == [(3,)]
    with admin.expect_download() as waiting:
        admin.get_by_role("link", name="Download the error file").click()
    errors = Path(waiting.value.path()).read_text(encoding="utf-8")
    assert "bewertungen.csv" in errors
    assert "r-3" in errors


def mine(admin, stack, look):
    """A run with its progress, until its candidates are there."""
    admin.get_by_role("link", name="Runs").first.click()
    admin.get_by_role("link", name="Mine phrases").first.click()
    look(admin, "mine")
    admin.get_by_role("button", name="Start").click()
    expect(admin.locator("#run .badge")).to_be_visible()
    expect(admin.locator("#run .badge.done")).to_be_visible(timeout=90_000)
    look(admin, "run")
    admin.get_by_role("link", name="See the candidates").click()
    expect(admin.locator("tbody tr").first).to_be_visible()
    look(admin, "candidates")


def refill(admin, stack, campaign):
    """The new candidates become tasks."""
    before = sql(stack, "select count(*) from annotation_task where campaign_id = %s", [campaign])[0][0]
    admin.goto(f"{stack.url}/campaigns/{campaign}/")
    admin.get_by_role("button", name="Add new candidates").click()
    admin.wait_for_load_state()
    after = sql(stack, "select count(*) from annotation_task where campaign_id = %s", [campaign])[0][0]
    assert after >= before > 0


def annotate(open_page, stack, campaign, look):
    """One key per answer, the guideline beside, undo, and the same on a phone and in Chinese."""
    page = open_page(viewport=DESKTOP)
    log_in(page, stack, "annotator")
    expect(page.get_by_role("heading", name="Your work")).to_be_visible()
    look(page, "work")
    page.locator(f'a[href="/work/{campaign}/"]').first.click()
    phrase = page.locator("#task .phrase").first
    expect(phrase).to_be_visible()
    look(page, "task-desktop")
    page.keyboard.press("g")
    expect(page.locator("#guideline")).to_be_visible()
    look(page, "task-guideline")
    page.keyboard.press("g")
    seen = []
    for key in "jfujf":
        seen.append(page.locator("#task article").get_attribute("data-task"))
        page.wait_for_timeout(120)  # a key within 60 ms of a new task is taken for a bounce
        page.keyboard.press(key)
        expect(page.locator(f'#task article[data-task="{seen[-1]}"]')).to_have_count(0)
    assert len(set(seen)) == len(seen)
    page.wait_for_timeout(120)
    page.keyboard.press("z")
    expect(page.locator("#task article")).to_have_attribute("data-task", seen[-1])
    page.wait_for_timeout(300)
    page.keyboard.press("j")
    expect(page.locator("#work-saved")).to_have_attribute("data-state", "saved")
    wait_for(
        lambda: (
            sql(
                stack,
                "select count(*) from annotation_judgment j join people_user u on u.id = j.annotator_id "
                "where u.username = 'demo-annotator' and j.withdrawn_at is null",
            )
            == [(len(seen),)]
        ),
        "all answers to be stored once",
        stack.said,
    )
    phone = open_page(**PHONE, color_scheme="dark")
    log_in(phone, stack, "annotator")
    phone.goto(f"{stack.url}/work/{campaign}/")
    expect(phone.locator("#task .phrase").first).to_be_visible()
    look(phone, "task-phone")
    chinese = open_page(viewport=DESKTOP, locale="zh-CN")
    chinese.goto(stack.url)
    expect(chinese.locator("html")).to_have_attribute("lang", "zh-Hans")
    look(chinese, "login-chinese")


def crowd_answers(stack, campaign):
    said = stack.manage(
        "simulate_crowd", "--campaign", str(campaign), "--url", stack.url, "--until", "600",
        "--profiles", "careful=4,careless=1",
    ).stdout  # fmt: skip
    assert "judgments" in said


def watch_it_learn(admin, stack, campaign, look):
    """A model version appears by itself, and what is asked next was chosen by it."""
    versions = "select count(*) from mining_modelversion where campaign_id = %s"
    wait_for(
        lambda: sql(stack, versions, [campaign])[0][0] >= 1, "a first model version", stack.said, patience=120
    )
    stack.manage("simulate_crowd", "--campaign", str(campaign), "--url", stack.url, "--until", "450")
    wait_for(
        lambda: sql(stack, versions, [campaign])[0][0] >= 2,
        "a second model version",
        stack.said,
        patience=120,
    )
    chosen = (
        "select count(*) from annotation_task "
        "where campaign_id = %s and chosen_by = 'uncertainty' and scored_by is not null"
    )
    wait_for(lambda: sql(stack, chosen, [campaign])[0][0] > 0, "tasks chosen by the model", stack.said)
    leaked = sql(
        stack,
        "select count(*) from mining_labelsetitem i join annotation_task t on t.id = i.task_id "
        "where (i.split = 'training') = (t.pool = 'evaluation')",
    )
    assert leaked == [(0,)]
    admin.goto(f"{stack.url}/campaigns/{campaign}/")
    look(admin, "campaign")
    admin.get_by_role("link", name="Learning").first.click()
    expect(admin.locator(".uplot canvas").first).to_be_visible()
    look(admin, "learning")


def curate(curator, stack, look):
    """Approve by key, reject with a reason, undo, and approve in bulk; returns what stands approved."""
    expect(curator.locator(".queue-row.current")).to_have_count(1)
    look(curator, "review")
    first = int(curator.locator(".queue-row.current").get_attribute("data-id"))
    curator.keyboard.press("a")
    expect(curator.locator(f"#triple-{first}")).to_have_count(0)
    second = int(curator.locator(".queue-row.current").get_attribute("data-id"))
    expect(curator.locator("#pane article")).to_have_attribute("data-id", str(second))
    curator.keyboard.press("r")
    look(curator, "review-reject")
    curator.locator("#queue-dialog input[type=radio]").first.check()
    curator.locator("#queue-dialog").get_by_role("button", name="Reject").click()
    expect(curator.locator(f"#triple-{second}")).to_have_count(0)
    assert status(stack, second) == "rejected"
    curator.keyboard.press("z")
    wait_for(lambda: status(stack, second) == "proposed", "the rejection to be undone", stack.said)
    curator.goto(f"{stack.url}/graph/queue")
    many = [int(row.get_attribute("data-id")) for row in curator.locator(".queue-row").all()[:10]]
    for _row in many:
        curator.keyboard.press("x")
        curator.keyboard.press("j")
    expect(curator.locator("[data-queue-count]")).to_contain_text(str(len(many)))
    curator.keyboard.press("a")
    expect(curator.locator("#queue-dialog")).to_contain_text(str(len(many)))
    look(curator, "review-bulk")
    curator.locator("#queue-dialog").get_by_role("button", name="Approve").click()
    expect(curator.locator(f"#triple-{many[0]}")).to_have_count(0)
    assert {status(stack, triple) for triple in many} == {"approved"}
    return [first, *many]


def status(stack, triple):
    return sql(stack, "select status from graph_triple where id = %s", [triple])[0][0]


def release(curator, look):
    curator.get_by_role("link", name="Graph", exact=True).first.click()
    curator.get_by_role("link", name="Releases").first.click()
    curator.get_by_label("What changed").fill("First points of interest, decided by the crowd and checked.")
    curator.get_by_role("button", name="Cut the release").click()
    expect(curator.get_by_role("heading", name="Release 1")).to_be_visible()
    look(curator, "releases")


def download(admin, stack, approved, look):
    """N-Triples and JSON-LD hold the same graph, CSV lists it, and twice gives the same bytes."""
    admin.goto(f"{stack.url}/graph/releases")
    files = {}
    for title in ("N-Triples", "JSON-LD", "CSV of triples"):
        with admin.expect_download() as waiting:
            admin.get_by_role("link", name=title).first.click()
        files[title] = Path(waiting.value.path()).read_bytes()
    triples = Graph().parse(data=files["N-Triples"], format="nt")
    assert set(Graph().parse(data=files["JSON-LD"], format="json-ld")) == set(triples)
    keys = sql(
        stack,
        "select s.key, r.name, o.key from graph_triple t join graph_concept s on s.id = t.subject_id "
        "join graph_relation r on r.id = t.relation_id join graph_concept o on o.id = t.object_id "
        "where t.id = any(%s)",
        [approved],
    )
    base = sql(stack, "select iri_base from graph_release")[0][0]
    for subject, relation, object_ in keys:
        edge = (
            URIRef(f"{base}concept/{subject}"),
            URIRef(f"{base}relation/{relation}"),
            URIRef(f"{base}concept/{object_}"),
        )
        assert edge in triples
        assert (edge[2], RDF.type, None) in triples
        assert str(object_) in files["CSV of triples"].decode()
    again = stack.manage(
        "export_release", "1", "--format", "ntriples", "--output", str(stack.home / "again.nt")
    )
    assert again.returncode == 0
    assert (stack.home / "again.nt").read_bytes() == files["N-Triples"]


def trail_resolves(stack, approved):
    """Promise 3: from the released triple to the model version, each link by one call."""
    curator = Person.with_token(stack, "trail-reader", role="curator")
    trail = curator.get(f"/api/v1/triples/{approved[0]}/trail").json()
    links = [link for link in find_links(trail) if "/verdicts/" in link]
    assert links
    for link in find_links(trail):
        assert curator.get(link.removeprefix(stack.url)).status_code == 200, link
    verdict = curator.get(links[0].removeprefix(stack.url)).json()
    assert len(verdict["judgments"]) == 3
    assert all(judgment["guideline"] for judgment in verdict["judgments"])
    curator.close()


def find_links(told) -> list[str]:
    if isinstance(told, dict):
        return [link for value in told.values() for link in find_links(value)]
    if isinstance(told, list):
        return [link for value in told for link in find_links(value)]
    return [told] if isinstance(told, str) and "/api/v1/" in told else []
