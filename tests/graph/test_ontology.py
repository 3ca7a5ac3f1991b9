import pytest
from hypothesis import given
from hypothesis import strategies as st

from graph.actions.setup import ensure_default_ontology, load_ontology
from graph.models import ConceptClass, Ontology, Relation
from graph.ontology import DEFAULT_FILE, OntologyError, parse
from people.models import Change
from tests.factories.graph import make_triple

SMALL = """\
name: garden
version: 1
classes:
  - name: Plant
    labels: {en: Plant, zh: 植物}
  - name: Place
relations:
  - name: grows_in
    domain: [Plant]
    range: Place
    check: spot
"""


def problems(source):
    with pytest.raises(OntologyError) as caught:
        parse(source, file="garden.yaml")
    return [(problem.line, problem.reason) for problem in caught.value.problems]


def test_the_default_ontology_is_the_papers():
    ontology = parse(DEFAULT_FILE.read_bytes())

    assert len(ontology.classes) == 11
    relations = {item.name: item for item in ontology.relations}
    assert relations["satisfy"].scope == "Category" and relations["satisfy"].domain == ("PropertyValue",)
    assert relations["has_image"].domain == ("Scenario", "Problem", "PropertyValue", "POI")
    assert (relations["item_has_poi"].level, relations["item_has_poi"].check_policy) == ("instance", "spot")


@pytest.mark.parametrize(
    ("line", "new", "expected"),
    [
        ("version: 1", "versoin: 1", [(1, "“version” is missing"), (2, "unknown key “versoin”")]),
        ("  - name: Place", "  - label: Place", [(6, "unknown key “label”"), (6, "“name” is missing")]),
        ("  - name: Place", "  - name: Plant", [(6, "already there, in line 4"), (10, "Place")]),
        ("  - name: Place", "  - {name: Place}\n  - {name: Place}", [(7, "already there, in line 6")]),
        ("  - name: Place", "  - &one {name: Place}\n  - *one", [(6, "already there, in line 6")]),
        ("    range: Place", "    range: [Placce]", [(10, "no class “Placce”")]),
        ("    range: Place", "    range: []", [(10, "at least one class")]),
        ("    range: Place", "", [(8, "“range” is missing")]),
        ("    check: spot", "    check: often", [(11, "“often” is not one of: complete, spot")]),
        ("    check: spot", "    level: top", [(11, "“top” is not one of: schema, instance")]),
        ("    check: spot", "    scope: Town", [(11, "no class “Town”")]),
        ("    check: spot", "    range: Plant", [(11, "given twice")]),
        ("  - name: Place", "  - name: a place", [(6, "cannot be a name"), (10, "no class")]),
        ("  - name: grows_in", "  - name: [grows]", [(8, "expected a text")]),
        ("  - name: Place", "  - Place", [(6, "key: value"), (10, "no class")]),
        ("    labels: {en: Plant, zh: 植物}", "    labels: {English: Plant}", [(5, "not a language tag")]),
        ("    labels: {en: Plant, zh: 植物}", "    labels: Plant", [(5, "labels as")]),
        ("classes:", "classes: none", [(4, "")]),
        ("relations:", "relations: {a: b}", [(8, "")]),
        ("name: garden", "name: {", [(3, "")]),
        ("name: garden", "\tname: garden", [(1, "")]),
        ("name: garden", "name: gar\x07den", [(1, "U+0007 is not allowed")]),
        ("name: garden", "name: *nobody", [(1, "undefined alias")]),
    ],
)
def test_every_wrong_line_is_named(line, new, expected):
    assert line in SMALL

    found = problems(SMALL.replace(line + "\n", new + "\n" if new else "", 1))

    assert len(found) >= len(expected)
    for (number, words), (wanted_number, wanted_words) in zip(found, expected, strict=False):
        assert number == wanted_number and wanted_words in words


def test_all_errors_come_at_once_with_file_and_line():
    broken = SMALL.replace("spot", "often").replace("Place\n    check", "Nowhere\n    check")

    with pytest.raises(OntologyError) as caught:
        parse(broken, file="garden.yaml")

    assert str(caught.value).splitlines() == [
        "garden.yaml:10: there is no class “Nowhere” in this file",
        "garden.yaml:11: “often” is not one of: complete, spot",
    ]


@pytest.mark.parametrize("source", ["", "- a", "just words", b"\xff\xfe", "a: 1\n---\nb: 2", "[" * 5000])
def test_a_file_that_is_no_ontology_is_refused(source):
    assert problems(source)


@given(st.text())
def test_no_text_makes_the_reader_fail_otherwise(text):
    # Hardly any text is an ontology, and none is anything but an OntologyError.
    found = problems(text)

    assert found and all(line >= 1 and reason for line, reason in found)


def load(source, **options):
    return load_ontology(source=source, file="garden.yaml", **options)


def figures(loaded):
    return loaded.added, loaded.changed, loaded.unchanged, loaded.retired, loaded.removed


@pytest.mark.django_db
def test_loading_the_same_file_twice_changes_nothing():
    assert figures(load(SMALL)) == (3, 0, 0, 0, 0)

    assert figures(load(SMALL)) == (0, 0, 3, 0, 0)

    assert Ontology.objects.count() == 1
    assert Change.objects.filter(entity="ontology").count() == 1


@pytest.mark.django_db
def test_a_changed_line_changes_one_thing():
    load(SMALL)

    assert figures(load(SMALL.replace("zh: 植物", "zh: 花草"))) == (0, 1, 2, 0, 0)
    assert figures(load(SMALL.replace("range: Place", "range: [Place, Plant]"))) == (0, 2, 1, 0, 0)

    assert Relation.objects.get().range.count() == 2
    assert ConceptClass.objects.get(name="Plant").labels["zh"] == "植物"


@pytest.mark.django_db
def test_what_is_in_use_is_retired_and_the_rest_removed():
    triple = make_triple()

    loaded = load(SMALL)

    kept = {"Category", "POI"}
    assert set(ConceptClass.objects.filter(is_retired=True).values_list("name", flat=True)) == kept | {"User"}
    assert list(Relation.objects.filter(is_retired=True).values_list("name", flat=True)) == ["has_poi"]
    assert loaded.retired == 4 and loaded.removed == 18
    triple.refresh_from_db()
    assert str(triple.relation) == "has_poi"


@pytest.mark.django_db
def test_a_retired_class_comes_back_with_its_file():
    make_triple()
    load(SMALL)

    load_ontology(source=DEFAULT_FILE.read_bytes(), file="ecommerce.yaml")

    assert not ConceptClass.objects.filter(name="POI", is_retired=True).exists()
    assert not ConceptClass.objects.filter(name="Plant").exists()


@pytest.mark.django_db
def test_a_relation_in_use_keeps_its_scope():
    make_triple()
    source = DEFAULT_FILE.read_text().replace(
        "range: [POI]\n  - name: has_problem", "range: [POI]\n    scope: Category\n  - name: has_problem"
    )
    line = source.splitlines().index("  - name: has_poi") + 1

    with pytest.raises(OntologyError) as caught:
        load_ontology(source=source, file="e.yaml")

    assert [problem.line for problem in caught.value.problems] == [line]
    assert Relation.objects.get(name="has_poi").scope is None


@pytest.mark.django_db
def test_a_broken_file_changes_nothing():
    load(SMALL)

    with pytest.raises(OntologyError):
        load(SMALL.replace("Plant", "Tree", 1) + "oops")

    assert set(ConceptClass.objects.values_list("name", flat=True)) == {"Plant", "Place"}


@pytest.mark.django_db
def test_the_default_is_loaded_into_an_empty_workspace_only():
    load(SMALL)

    assert ensure_default_ontology() is None
    assert not ConceptClass.objects.filter(name="POI").exists()
