"""Tasks and answers in Label Studio's words and back: nothing is lost, nothing is invented."""

import io
import json
import string
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from xml.etree import ElementTree

import pytest
from django.core.management import call_command
from hypothesis import given, settings
from hypothesis import strategies as st

from annotation import kinds
from annotation.actions.gold import add_gold
from annotation.labelstudio.config import labelling_config
from annotation.labelstudio.people import People
from annotation.labelstudio.reading import NoExport, read
from annotation.labelstudio.results import BadAnnotation, Told, annotation_of, told_by
from annotation.labelstudio.tasks import export_lines, task_of
from annotation.models import Answer, BadReason, Campaign, Judgment, Typicality, Verdict
from people.models import User
from tests.annotation.promises import assert_promises
from tests.factories.annotation import give, give_and_judge, judge, make_campaign
from tests.factories.candidates import make_image_candidate, make_kind_campaign, make_relation
from tests.factories.learning import make_learnable
from tests.factories.people import make_annotator, make_user

NAMES = [
    *("result", "from_name", "answer", "value", "choices", "accept"),
    *("meta", "kgcurate", "id", "lead_time", "created_at", "was_cancelled", "text"),
]
REAL_KINDS = ["phrase", "relation_sentence", "image_text"]


@st.composite
def answers(draw, *, ours=True):
    """Everything that can be said, also what nobody would."""
    answer = draw(st.sampled_from(Answer.values))
    text = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=200)
    judgment = draw(st.uuids()) if ours else None
    return Told(
        answer=answer,
        reason=draw(st.sampled_from(BadReason.values)) if answer == Answer.BAD else "",
        typicality=draw(st.sampled_from(["", *Typicality.values])) if answer == Answer.ACCEPT else "",
        comment=draw(text),
        took=timedelta(milliseconds=draw(st.integers(0, 86_400_000))),
        at=draw(st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))),  # noqa: DTZ001
        judgment=judgment,
        annotator=draw(st.text(string.ascii_letters, min_size=1, max_size=20)) if ours else "",
        guideline=draw(st.none() | st.integers(1, 2**31)) if ours else None,
    )


@settings(max_examples=300, deadline=None)
@given(told=answers() | answers(ours=False))
def test_an_answer_comes_back_as_it_went(told):
    written = json.loads(json.dumps(annotation_of(told, about="phrase")))

    assert told_by(written) == told


@settings(max_examples=300, deadline=None)
@given(
    annotation=st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(NAMES),
            inner, max_size=6,
        ),
        max_leaves=20,
    )
)  # fmt: skip
def test_nonsense_is_refused_in_words_or_understood_but_never_an_accident(annotation):
    with suppress(BadAnnotation):
        told = told_by(annotation)
        assert told.answer in Answer.values and told.took >= timedelta(0)


@pytest.mark.parametrize("name", REAL_KINDS)
@pytest.mark.parametrize("asks_typicality", [True, False])
def test_every_kind_has_a_config_that_label_studio_takes(name, asks_typicality):
    from label_studio_sdk.label_interface import LabelInterface

    config = labelling_config(kinds.get(name), asks_typicality=asks_typicality)

    interface = LabelInterface(config)
    interface.validate()
    named = {control.name for control in interface.controls}
    assert {"answer", "reason", "comment"} <= named
    assert ("typicality" in named) == asks_typicality
    (control,) = [one for one in interface.controls if one.name == "answer"]
    assert set(control.labels) == set(Answer.values)


def campaign_of(name):
    if name == "phrase":
        return make_learnable(6, evaluation_share=0.0)
    if name == "relation_sentence":
        make_relation()
        return make_kind_campaign(name, "satisfy")
    make_image_candidate()
    return make_kind_campaign(name, "shows")


@pytest.mark.django_db
@pytest.mark.parametrize("name", REAL_KINDS)
def test_tasks_of_every_kind_fill_their_config_and_validate(name):
    from label_studio_sdk.label_interface import LabelInterface

    campaign = campaign_of(name)
    task = campaign.tasks.first()
    task.score, task.scored_by = 0.2, 3

    whole = task_of(task)

    interface = LabelInterface(labelling_config(task.kind))
    variables = {
        value[1:]
        for tag in ElementTree.fromstring(labelling_config(task.kind)).iter()  # noqa: S314
        for value in tag.attrib.values()
        if value.startswith("$")
    }
    assert variables <= set(whole["data"])
    (prediction,) = whole["predictions"]
    assert prediction["score"] == pytest.approx(0.8)
    assert {"choices": ["reject"]} in [result["value"] for result in prediction["result"]]
    assert interface.validate_prediction(prediction, return_errors=True) == []
    if name == "image_text":
        assert whole["data"]["image"].startswith("data:image/")
    if name == "relation_sentence":
        marked = {result["value"]["text"] for result in prediction["result"] if "text" in result["value"]}
        assert marked == {"Cotton", "breathable"}


def export(campaign):
    return "".join(export_lines(campaign)).encode()


def read_back(campaign, text, **options):
    total, problems = {}, []

    def on_task(row, counts, told):
        problems.extend((row, reason) for reason in told)
        for outcome, number in counts.items():
            total[outcome] = total.get(outcome, 0) + number

    read(campaign, io.BytesIO(text), People(options.pop("people", None)), on_task=on_task, **options)
    return total, problems


KEPT = [
    *("pk", "answer", "reason", "typicality", "comment", "took", "judged_at", "guideline_id"),
    *("annotator_id", "task_id", "is_counted"),
]


@pytest.mark.django_db
def test_a_campaign_goes_out_and_comes_back_without_loss():
    campaign = make_campaign(size=4, overlap=2, asks_typicality=True)
    people = [make_annotator(), make_annotator()]
    for place, task in enumerate(campaign.tasks.order_by("pk")):
        more = {"typicality": "typical", "comment": "好\n“yes”", "seconds": 1.25}
        give_and_judge(task, people[0], Answer.ACCEPT, **more)
        if place:
            give_and_judge(task, people[1], [Answer.REJECT, Answer.BAD, Answer.SKIP][place - 1])
    before = list(Judgment.objects.order_by("pk").values_list(*KEPT))
    text = export(campaign)
    assert read_back(campaign, text)[0] == {"known": 7}
    Verdict.objects.all().delete()
    Judgment.objects.all().delete()
    for task in campaign.tasks.all():
        task.seats_free, task.taken_by, task.lapsed = 2, [], []
        task.save()

    counts, problems = read_back(campaign, text)

    assert (counts, problems) == ({"counted": 6, "kept": 1}, [])
    assert list(Judgment.objects.order_by("pk").values_list(*KEPT)) == before
    assert Verdict.objects.standing().count() == 2
    assert_promises(campaign)


def annotation(number, answer="accept", by="ann@example.org", **more):
    result = {"from_name": "answer", "to_name": "phrase", "type": "choices", "value": {"choices": [answer]}}
    return {"id": number, "unique_id": f"u{number}", "completed_by": {"email": by}, "lead_time": 3.5,
            "created_at": "2026-01-02T03:04:05Z", "result": [result], **more}  # fmt: skip


def answered(task, *annotations):
    return {"data": task_of(task)["data"], "annotations": list(annotations)}


@pytest.mark.django_db
def test_answers_of_strangers_come_in_once_as_people_and_never_above_the_overlap():
    campaign = make_campaign(size=1, overlap=2)
    task = campaign.tasks.get()
    mei, cho = make_user(username="mei"), make_user(username="cho", email="cho@example.org")
    told = [
        annotation(1, by="ann@example.org"),
        annotation(2, by="Cho@Example.org"),
        annotation(3, by="ben@example.org"),
        annotation(4, by="ann@example.org", answer="reject"),
        annotation(5, by="dan@example.org", was_cancelled=True),
    ]
    text = json.dumps([answered(task, *told)]).encode()

    counts, problems = read_back(campaign, text, people={"ANN@example.org": "mei"})

    assert (counts, problems) == ({"counted": 2, "kept": 2, "second": 1}, [])
    by_whom = dict(Judgment.objects.values_list("annotator__username", "answer"))
    assert by_whom == {"mei": "accept", "cho": "accept", "label-studio-ben@example.org": "accept",
                       "label-studio-dan@example.org": "skip"}  # fmt: skip
    assert not User.objects.get(username="label-studio-ben@example.org").has_usable_password()
    assert not User.objects.get(username="label-studio-ben@example.org").is_active
    assert Judgment.objects.get(annotator=mei).judged_at == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert Judgment.objects.get(annotator=cho).took == timedelta(seconds=3.5)
    assert_promises(campaign)
    again, _problems = read_back(campaign, text, people={"ann@example.org": "mei"})
    assert again == {"known": 4, "second": 1}


@pytest.mark.django_db
def test_a_seat_that_somebody_holds_here_is_not_taken():
    campaign = make_campaign(size=1, overlap=1)
    task, here = campaign.tasks.get(), make_annotator()
    give(task, here)

    counts, _problems = read_back(campaign, json.dumps([answered(task, annotation(1))]).encode())
    judge(task, here)

    assert counts == {"kept": 1}
    assert Judgment.objects.counted().get().annotator == here
    assert_promises(campaign)


@pytest.mark.django_db
def test_bad_rows_are_named_and_the_good_ones_kept():
    campaign, other = make_campaign(size=2), make_campaign(size=1, source={"first": 77})
    one, two = campaign.tasks.order_by("pk")
    rows = [
        "nonsense",
        {"data": {"text": "foreign"}, "annotations": [annotation(1)]},
        answered(other.tasks.get(), annotation(2)),
        answered(one, annotation(3, answer="perhaps"), annotation(4), annotation(5, result="x")),
        {**answered(two), "annotations": [{**annotation(6), "unique_id": "", "id": None}]},
        {"data": {"kgcurate": {"task": True, "candidate": 10**30, "revision": 0, "campaign": -1}}},
    ]

    counts, problems = read_back(campaign, json.dumps(rows).encode())

    assert counts == {"refused": 3, "counted": 1}
    assert [row for row, _why in problems] == [1, 2, 3, 4, 4, 5, 6]
    assert "one of accept" in problems[3][1] and Judgment.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("text", [b"{", b"", b"\xff\xfe[", b"[1, 2", b'[{"data": nope}]'])
def test_what_is_no_export_is_said_to_be_none(text):
    with pytest.raises(NoExport, match="not a JSON export"):
        read_back(make_campaign(size=1), text)


@pytest.mark.django_db
def test_known_answers_do_not_leave():
    campaign = make_campaign(size=3)
    gold = campaign.tasks.first()

    add_gold(task=gold, answer=Answer.ACCEPT, reason="because")

    sent = {whole["data"]["kgcurate"]["task"] for whole in json.loads(export(campaign))}

    assert len(sent) == 2 and gold.pk not in sent


@pytest.mark.django_db
def test_the_command_writes_and_reads_files(tmp_path, capsys):
    campaign = make_campaign(size=2, overlap=1)
    give_and_judge(campaign.tasks.first(), make_annotator())
    file = tmp_path / "out.json"

    call_command("label_studio", "export", campaign.name, str(file))
    call_command("label_studio", "import", str(campaign.pk), str(file))

    assert "1 known" in capsys.readouterr().out
    assert Campaign.objects.get().exchanges.get().status == "done"
