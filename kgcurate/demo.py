"""The demo workspace: written for this repository, loaded into an empty one."""

import json
import os
import secrets
from collections.abc import Callable
from pathlib import Path

from django.conf import settings
from django.core.management import call_command
from django.db import transaction

from annotation.actions.campaigns import create_campaign, start_campaign
from annotation.actions.filling import fill_campaign
from graph.actions.setup import ensure_default_ontology
from people.errors import UserError
from people.models import Role, User

FOLDER = settings.BASE_DIR / "demo"
LOGINS_FILE = settings.VAR_DIR / "demo_logins.json"
CORPUS = "Demo: beauty and clothing 美妆与服饰"
# (kind, question) -> name, in both languages of the people who work here
CAMPAIGNS = {
    ("phrase", "poi"): "What shoppers look for 顾客在找什么",
    ("phrase", "problem"): "What troubles shoppers 顾客的烦恼",
    ("relation_sentence", "satisfy"): "What materials and ingredients do 材质与成分的作用",
    ("relation_sentence", "need"): "What helps against troubles 烦恼怎么解决",
    ("relation_sentence", "cause"): "Where troubles come from 烦恼从何而来",
    ("image_text", "shows"): "What pictures show 图片展示了什么",
}
# Easy to read out and to type; three and a number are three million passwords, behind a throttled login.
# fmt: off
WORDS = [
    "amber", "basil", "birch", "cedar", "clover", "coral", "cotton", "denim", "fern",
    "flax", "ginger", "hazel", "indigo", "ivory", "jade", "juniper", "lemon", "linen",
    "lotus", "maple", "mint", "olive", "opal", "pearl", "pepper", "plum", "quartz",
    "river", "saffron", "sage", "silk", "velvet", "willow",
]
# fmt: on

Say = Callable[[str], None]


class NotEmpty(UserError):
    def __init__(self) -> None:
        super().__init__("This workspace has users already; the demo is loaded into an empty one.")


def load_demo(*, say: Say = lambda line: None, mine: bool = True) -> None:
    """Users, ontology, catalogue and documents; with `mine` also a first run and running campaigns."""
    if User.objects.exists():
        raise NotEmpty
    ensure_default_ontology()
    import_files(say)
    if mine:
        say("mining phrases …")
        call_command("mine_phrases", verbosity=0)
        open_campaigns(say)
    # Last, so that a load that was cut short is simply done again: every step before it may be repeated.
    make_logins()


def import_files(say: Say) -> None:
    say("importing categories, items and documents …")
    call_command("import_categories", str(FOLDER / "categories.csv"), verbosity=0)
    for language in ("zh", "en"):
        call_command("import_items", str(FOLDER / f"items_{language}.jsonl"), verbosity=0)
        call_command(
            "import_documents", str(FOLDER / f"documents_{language}.jsonl"), corpus=CORPUS, verbosity=0
        )
        call_command("import_relations", str(FOLDER / f"relations_{language}.jsonl"), verbosity=0)
    call_command(
        "import_image_texts",
        str(FOLDER / "image_texts.jsonl"),
        images=str(FOLDER / "images"),
        verbosity=0,
    )


def open_campaigns(say: Say) -> None:
    from annotation.models import Campaign

    for (kind, question), name in CAMPAIGNS.items():
        campaign = Campaign.objects.filter(name=name).first()
        if campaign is None:
            campaign = create_campaign(name=name, kind=kind, question=question, by=None, actor="demo")
        tasks = fill_campaign(campaign)
        start_campaign(campaign=campaign, actor="demo")
        say(f"campaign “{name}”: {tasks} tasks")


@transaction.atomic
def make_logins() -> None:
    """One login per role, with passwords made for this workspace and kept beside its data."""
    logins = []
    for role in reversed(Role):
        password = f"{'-'.join(secrets.choice(WORDS) for _ in range(3))}-{secrets.randbelow(90) + 10}"
        user = User.objects.create_user(username=f"demo-{role.value}", password=password, role=role)
        logins.append({"role": role.value, "username": user.username, "password": password})
    write_private(LOGINS_FILE, json.dumps(logins, indent=2))


def write_private(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
