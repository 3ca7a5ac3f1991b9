"""The forest as a job: what it knows out of the workspace, and what its record says afterwards."""

import pytest
from django.core.management import CommandError, call_command

from graph.actions.setup import ensure_default_ontology
from mining.actions import mine_fates
from mining.actions.mine import mine_phrases, mining_parameters
from mining.actions.mine_knowledge import BadLexicon, decided_phrases, gather, lexicon_folder
from mining.actions.runs import create_claimed, do
from mining.models import CandidateFate, Document, PhraseCandidate, RunKind, RunStatus
from tests.factories.annotation import give_and_judge
from tests.factories.learning import make_phrase, make_phrase_campaign
from tests.factories.people import make_annotator
from tests.factories.runs import run_import, write_lines

pytestmark = pytest.mark.django_db

GOODS = ["面霜", "洗发水", "连衣裙", "电饭煲", "羽绒服", "吹风机", "保温杯", "帆布鞋", "沐浴露", "显示器"]
TRAITS = ["保湿", "透气", "亲肤", "防水", "轻便", "柔软", "耐用", "清香", "美观", "实惠"]


@pytest.fixture
def corpus(tmp_path):
    ensure_default_ontology()
    rows = [
        {
            "id": str(n),
            "category": ("面霜", "洗发水")[n % 2],
            "text": f"{GOODS[n % 10]}，{TRAITS[n % 7]}。"
            f"第{n}次买了{GOODS[(n * 3) % 10]}，真的很{TRAITS[(n * 7) % 10]}。"
            f"{TRAITS[(n * 3) % 10]}效果，给{'妈爸爷奶'[n % 4]}用的{GOODS[(n * 7) % 10]}保湿效果不错！",
        }
        for n in range(60)
    ]
    run = run_import(write_lines(tmp_path / "docs.jsonl", rows), create_categories=True)
    assert run.counts["added"] == 60, run.error


def mine(**told):
    parameters = mining_parameters({"method": "forest", "language": "zh", **told})
    return do(create_claimed(RunKind.MINE_PHRASES, parameters), mine_phrases)


def test_a_run_records_what_became_of_every_candidate(corpus, monkeypatch):
    monkeypatch.setattr(mine_fates, "BATCH", 50)

    run = mine()

    assert run.status == RunStatus.DONE, run.error
    fates = list(run.fates.order_by("place"))
    assert [fate.place for fate in fates] == list(range(len(fates)))
    kept = [fate for fate in fates if not fate.stage]
    assert len(kept) == run.counts["phrases"] and {fate.text for fate in kept} >= {"面霜", "连衣裙"}
    assert all(fate.score >= 0.5 and fate.features["pmi"] for fate in kept)
    assert fates[: len(kept)] == kept
    torn = run.fates.get(text="衣裙")
    assert (torn.stage, torn.rule) == ("candidates", "min_boundary_share")
    assert set(PhraseCandidate.objects.values_list("normal_form", flat=True)) == {one.text for one in kept}


def test_only_the_latest_runs_keep_their_record(corpus, monkeypatch):
    monkeypatch.setattr(mine_fates, "RUNS_KEPT", 1)

    first, second = mine(), mine()

    assert not first.fates.exists() and second.fates.exists()
    assert first.phrases.exists()
    assert CandidateFate.objects.count() == second.fates.count()


def test_words_of_files_and_of_the_graph_are_seeds(corpus, tmp_path):
    lexicon_folder().mkdir(parents=True, exist_ok=True)
    (lexicon_folder() / "traits.txt").write_text("\n".join(TRAITS), "utf-8")
    goods = tmp_path / "goods"
    goods.mkdir()
    (goods / "goods.txt").write_text("# goods\n" + " ".join(GOODS), "utf-8")

    try:
        by_file = mine(lexicons=["traits.txt"], compose_seeds=False)
        by_both = mine(lexicons=["traits.txt"], lexicon_paths=[str(goods)], compose_seeds=False)
    finally:
        (lexicon_folder() / "traits.txt").unlink()

    def seeds(run):
        return set(run.fates.filter(features__seed=1).values_list("text", flat=True))

    assert seeds(by_file) and seeds(by_file) <= set(TRAITS)
    assert seeds(by_both) - seeds(by_file) and seeds(by_both) <= {*TRAITS, *GOODS}


@pytest.mark.parametrize(
    ("content", "why"),
    [
        ("面霜\n洗发水".encode("gb18030"), r"words.txt, line 1: not UTF-8 \(byte 1, 0x"),
        ("面霜\n".encode() + b"\xff\xfe\n", r"words.txt, line 2: not UTF-8"),
        ("face cream\n".encode("utf-16-le"), r"words.txt, line 1: holds zero bytes"),
    ],
    ids=["gb18030", "half", "utf-16"],
)
def test_a_lexicon_of_broken_encoding_is_named_with_its_line(tmp_path, content, why):
    file = tmp_path / "words.txt"
    file.write_bytes(content)

    with pytest.raises(BadLexicon, match=why):
        gather([str(file)])


def test_a_lexicon_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(BadLexicon, match="no lexicon secrets"):
        mining_parameters({"lexicons": ["secrets"]})
    with pytest.raises(BadLexicon, match="no such file"):
        mining_parameters({"lexicon_paths": [str(tmp_path / "none.txt")]})
    with pytest.raises(BadLexicon, match="no lexicon"):
        mining_parameters({"lexicons": ["../settings.py"]})
    with pytest.raises(CommandError, match="no such file"):
        call_command("mine_phrases", lexicon_paths=[str(tmp_path / "none.txt")])


def test_a_broken_lexicon_fails_the_run_with_its_name(corpus, tmp_path):
    file = tmp_path / "words.txt"
    file.write_bytes(b"\xb3\xb4\n")

    run = mine(lexicon_paths=[str(file)])

    assert run.status == RunStatus.FAILED
    assert "words.txt, line 1: not UTF-8" in run.error


def test_nothing_decided_is_nothing_known():
    assert decided_phrases() == (set(), set())


def test_what_people_decided_comes_back_as_labels(corpus):
    faces, hair = (
        Document.objects.filter(category__name=name).first().category for name in ("面霜", "洗发水")
    )
    for text, category in (("显示器", faces), ("连衣裙", faces), ("连衣裙", hair), ("保湿效果", faces)):
        make_phrase(text, category=category)
    make_phrase("吹风机", category=hair)
    answers = {("显示器", faces.pk): "reject", ("连衣裙", faces.pk): "reject", ("连衣裙", hair.pk): "accept",
               ("保湿效果", faces.pk): "accept"}  # fmt: skip
    annotator = make_annotator()
    for task in make_phrase_campaign().tasks.all():
        candidate = PhraseCandidate.objects.get(pk=task.candidate_id)
        if answer := answers.get((candidate.text, candidate.category_id)):
            give_and_judge(task, annotator, answer)

    known = gather([])
    run = mine()

    # Rejected for one category and accepted for another is accepted; what nobody answered is not there.
    assert known["accepted"] == ["保湿效果", "连衣裙"]
    assert known["rejected"] == ["显示器"]
    assert run.status == RunStatus.DONE, run.error
    decided = dict(run.fates.exclude(features__decided=None).values_list("text", "features__decided"))
    assert (decided["连衣裙"], decided["显示器"], decided["吹风机"]) == (1, -1, 0)
