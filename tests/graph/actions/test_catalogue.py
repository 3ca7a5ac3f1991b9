import pytest

from graph.actions.catalogue import CategoryRow, ItemRow, upsert_categories, upsert_items
from graph.actions.propose import OutsideOntology
from graph.actions.setup import ensure_default_ontology
from graph.identity import catalogue_key
from graph.models import Concept, Evidence, Label, Status, Triple
from people.models import Change

pytestmark = pytest.mark.django_db

TREE = [
    CategoryRow("cream", "skin", {"en": "Face cream", "zh": "面霜"}),
    CategoryRow("skin", "beauty", {"en": "Skin care", "zh": "护肤"}),
    CategoryRow("beauty", "", {"en": "Beauty", "zh": "美妆"}),
]
ITEM = ItemRow("i1", "cream", "en", "Calm Cream", [("Texture", "Gel"), ("Size", "50 ml")])


@pytest.fixture(autouse=True)
def ontology(db):
    ensure_default_ontology()


def categories(rows, run=1):
    return upsert_categories(rows, by=None, actor="import", reference=f"run/{run}")


def items(rows, run=2):
    return upsert_items(rows, by=None, actor="import", reference=f"run/{run}")


def counts(done):
    return done.added, done.changed, done.unchanged


def edges(relation, *statuses):
    statuses = statuses or (Status.APPROVED,)
    rows = Triple.objects.filter(relation__name=relation, status__in=statuses)
    return set(rows.values_list("subject__name", "object__name"))


def test_categories_come_in_any_order_with_their_tree_and_both_languages():
    done = categories(TREE)

    assert counts(done) == (3, 0, 0) and done.problems == []
    assert edges("subcategory_of") == {("Face cream", "Skin care"), ("Skin care", "Beauty")}
    cream = Concept.objects.get(key=catalogue_key("Category", "cream"))
    assert (cream.name, cream.status, cream.external_id) == ("Face cream", Status.APPROVED, "cream")
    assert set(cream.labels.values_list("language", "text")) == {("en", "Face cream"), ("zh", "面霜")}
    assert cream.evidence.get().reference == "run/1"


def test_the_same_import_again_changes_nothing():
    categories(TREE)
    items([ITEM])
    before = Evidence.objects.count(), Triple.objects.count(), Label.objects.count()

    assert counts(categories(TREE, run=3)) == (0, 0, 3)
    assert counts(items([ITEM], run=4)) == (0, 0, 1)

    assert (Evidence.objects.count(), Triple.objects.count(), Label.objects.count()) == before


def test_a_changed_name_and_a_moved_category_are_changes():
    categories(TREE)

    done = categories([CategoryRow("cream", "beauty", {"en": "Creams", "zh": "面霜"})])

    assert counts(done) == (0, 1, 0)
    assert ("Creams", "Beauty") in edges("subcategory_of")
    assert edges("subcategory_of", Status.WITHDRAWN) == {("Creams", "Skin care")}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (CategoryRow("a", "nowhere", {"en": "A"}), "no category “nowhere”"),
        (CategoryRow("a", "a", {"en": "A"}), "below itself"),
        (CategoryRow("", "", {"en": "A"}), "id is empty"),
        (CategoryRow("a", "", {}), "no name"),
        (CategoryRow("a", "", {"en": "  "}), "name is empty"),
        (CategoryRow("a", "", {"en": "x" * 501}), "longer than 500"),
        (CategoryRow("a", "", {"English": "A"}), "not a language tag"),
        (CategoryRow("a", "", {"en": "A\0B"}), "NUL"),
        (CategoryRow("a", "", {"en": "A\ud800B"}), "surrogate"),
        (CategoryRow("skin", "", {"en": "Skin again"}), "earlier row"),
    ],
)
def test_a_bad_category_is_named_and_the_good_ones_go_in(row, reason):
    done = categories([*TREE, row])

    assert counts(done) == (3, 0, 0)
    assert [problem.index for problem in done.problems] == [3] and reason in done.problems[0].reason


def test_a_circle_is_refused_also_through_what_is_already_there():
    categories(TREE)

    done = categories([CategoryRow("beauty", "cream", {"en": "Beauty"})])
    loop = categories([CategoryRow("x", "y", {"en": "X"}), CategoryRow("y", "x", {"en": "Y"})])

    assert "below itself" in done.problems[0].reason and counts(done) == (0, 0, 0)
    assert [problem.index for problem in loop.problems] == [0, 1]
    assert edges("subcategory_of") == {("Face cream", "Skin care"), ("Skin care", "Beauty")}


def test_what_hangs_below_a_bad_category_is_told_so():
    done = categories([CategoryRow("b", "a", {"en": "B"}), CategoryRow("a", "nowhere", {"en": "A"})])

    assert "left out" in done.problems[0].reason and "nowhere" in done.problems[1].reason


def test_items_bring_their_properties_and_values_along():
    categories(TREE)

    done = items([ITEM, ItemRow("i2", "cream", "en", "Bright Cream", [("texture ", "GEL")])])

    assert counts(done) == (2, 0, 0)
    assert edges("in_category") == {("Calm Cream", "Face cream"), ("Bright Cream", "Face cream")}
    assert edges("has_property") == {
        ("Calm Cream", "Gel"),
        ("Calm Cream", "50 ml"),
        ("Bright Cream", "Gel"),
    }
    assert edges("value_of") == {("Gel", "Texture"), ("50 ml", "Size")}


def test_a_value_that_an_item_lost_is_taken_from_it_and_may_come_back():
    categories(TREE)
    items([ITEM])

    assert counts(items([ITEM._replace(properties=[("Texture", "Gel")])])) == (0, 1, 0)
    assert edges("has_property") == {("Calm Cream", "Gel")}

    assert counts(items([ITEM], run=5)) == (0, 1, 0)
    assert edges("has_property") == {("Calm Cream", "Gel"), ("Calm Cream", "50 ml")}


def test_an_item_of_an_unknown_category_is_left_out_with_its_values():
    categories(TREE)

    done = items([ITEM._replace(category="shoes"), ITEM._replace(external_id="i2", properties=[])])

    assert counts(done) == (1, 0, 0)
    assert "no category “shoes”" in done.problems[0].reason
    assert not Concept.objects.filter(concept_class__name="PropertyValue").exists()


def test_a_curators_words_and_rejections_outlast_the_next_import():
    from graph.actions.curate import decide
    from graph.actions.words import relabel
    from tests.factories.people import make_curator

    categories(TREE)
    curator = make_curator()
    skin = Concept.objects.get(name="Skin care")
    relabel(concept=skin, language="en", text="Skincare", by=curator)
    cream = Concept.objects.get(name="Face cream")
    decide(concept_ids=[cream.pk], status=Status.REJECTED, by=curator, reason="a duplicate")

    done = categories([*TREE], run=9)

    skin.refresh_from_db()
    cream.refresh_from_db()
    assert counts(done) == (0, 0, 3)
    assert skin.name == "Skincare" and cream.status == Status.REJECTED


def test_one_import_is_one_line_in_the_audit_trail():
    categories(TREE, run=7)

    change = Change.objects.get(action="import")
    assert (change.entity, change.entity_id, change.after["added"]) == ("run", 7, 3)


def test_an_ontology_without_categories_is_said_and_nothing_is_lost_quietly():
    from graph.actions.setup import load_ontology

    load_ontology(source="name: other\nversion: 1\nclasses:\n  - name: Thing\n", file="o.yaml")

    with pytest.raises(OutsideOntology, match="Category"):
        categories(TREE)
