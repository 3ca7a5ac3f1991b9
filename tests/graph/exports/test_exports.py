import csv
import gzip
import io

import pytest
import rdflib
from django.core.management import call_command
from django.core.management.base import CommandError
from rdflib.compare import to_isomorphic
from rdflib.namespace import RDF, SKOS

from graph.actions.curate import decide
from graph.actions.propose import propose_triple
from graph.actions.release import cut_release
from graph.actions.words import add_alias, relabel
from graph.exports import FORMATS, export, gzipped
from graph.models import ReleasedTriple, Status, Triple
from tests.factories.graph import make_category, make_concept, make_triple, make_verdict_evidence
from tests.factories.people import make_curator

pytestmark = [
    pytest.mark.django_db,
    # rdflib's own reader of JSON-LD still uses it.
    pytest.mark.filterwarnings("ignore:ConjunctiveGraph is deprecated:DeprecationWarning"),
]

NASTY = 'quote " backslash \\ tab\t 换行 \u0085 \u2028 <tag> & é 👩‍👩‍👧 \\u0041 \x7f'
BASE = "https://kgcurate.example/id/"


def approve_all():
    decide(
        triple_ids=Triple.objects.proposed().values_list("pk", flat=True),
        status=Status.APPROVED,
        by=make_curator(),
    )


def make_release():
    triple = make_triple(NASTY)
    add_alias(concept=triple.object, language="zh", text="别名,“引号”\nx", by=make_curator())
    add_alias(concept=triple.object, language="zh", text="=1+1", by=make_curator())
    propose_triple(
        subject=make_concept("PropertyValue", "cotton"),
        relation="satisfy",
        object=make_concept("POI", "breathable"),
        scope=make_category("Shirts"),
        evidence=[make_verdict_evidence()],
    )
    approve_all()
    return cut_release(levels=["schema", "instance"], by=None)


def text_of(release, name):
    return b"".join(export(release, FORMATS[name])).decode()


def graph_of(release, name):
    return rdflib.Graph().parse(
        data=text_of(release, name), format={"ntriples": "nt", "jsonld": "json-ld"}[name]
    )


def test_ntriples_say_what_the_release_holds():
    release = make_release()

    graph = graph_of(release, "ntriples")

    edge = Triple.objects.get(relation__name="has_poi")
    subject, object_ = (rdflib.URIRef(f"{BASE}concept/{key}") for key in (edge.subject.key, edge.object.key))
    assert (subject, rdflib.URIRef(f"{BASE}relation/has_poi"), object_) in graph
    assert (object_, RDF.type, rdflib.URIRef(f"{BASE}class/POI")) in graph
    # Spaces are made equal when a phrase is proposed; every other character comes back.
    assert list(graph.objects(object_, SKOS.prefLabel)) == [rdflib.Literal(" ".join(NASTY.split()), "en")]
    assert set(graph.objects(object_, SKOS.altLabel)) == {
        rdflib.Literal("别名,“引号” x", "zh"),
        rdflib.Literal("=1+1", "zh"),
    }


def test_a_triple_within_a_scope_is_a_statement_and_no_edge():
    release = make_release()

    graph = graph_of(release, "ntriples")

    row = Triple.objects.get(relation__name="satisfy")
    node = rdflib.URIRef(f"{BASE}triple/{row.key}")
    satisfy = rdflib.URIRef(f"{BASE}relation/satisfy")
    assert (node, RDF.type, RDF.Statement) in graph
    assert graph.value(node, RDF.subject) == rdflib.URIRef(f"{BASE}concept/{row.subject.key}")
    assert graph.value(node, RDF.predicate) == satisfy
    assert graph.value(node, rdflib.URIRef(f"{BASE}vocabulary/scope")) == rdflib.URIRef(
        f"{BASE}concept/{row.scope.key}"
    )
    assert not list(graph.triples((None, satisfy, None)))


def test_jsonld_is_the_same_graph():
    release = make_release()

    assert to_isomorphic(graph_of(release, "jsonld")) == to_isomorphic(graph_of(release, "ntriples"))


def test_csv_has_one_line_per_triple_with_words_beside_iris():
    release = make_release()

    rows = list(csv.DictReader(io.StringIO(text_of(release, "csv"), newline="")))

    assert len(rows) == release.triples
    row = next(row for row in rows if row["relation"] == "satisfy")
    words = (row["subject_label"], row["object_label"], row["scope_label"])
    assert words == ("cotton", "breathable", "Shirts")


def test_csv_of_concepts_has_one_line_per_label():
    release = make_release()

    rows = list(csv.DictReader(io.StringIO(text_of(release, "csv-concepts"), newline="")))

    assert len({row["concept"] for row in rows}) == release.concepts
    texts = {(row["language"], row["label"], row["preferred"]) for row in rows if row["class"] == "POI"}
    assert ("zh", "别名,“引号” x", "false") in texts and ("en", "breathable", "true") in texts


@pytest.mark.parametrize("name", FORMATS)
def test_a_release_gives_the_same_bytes_whatever_comes_later(name, settings):
    release = make_release()
    first = text_of(release, name)
    packed = b"".join(gzipped(export(release, FORMATS[name])))

    relabel(concept=make_concept("POI", "breathable"), language="en", text="airy", by=make_curator())
    gone = Triple.objects.get(relation__name="satisfy")
    decide(triple_ids=[gone.pk], status=Status.REJECTED, by=make_curator(), reason="no")
    make_triple("another")
    approve_all()
    settings.GRAPH_IRI = "https://elsewhere.example/"
    cut_release(levels=["schema"], by=None)

    assert text_of(release, name) == first
    assert b"".join(gzipped(export(release, FORMATS[name]))) == packed
    assert gzip.decompress(packed).decode() == first


@pytest.mark.parametrize("name", FORMATS)
def test_an_export_does_not_depend_on_the_size_of_its_batches(name, monkeypatch):
    from graph.models.release import ReleasedRowQuerySet

    for number in range(6):
        make_triple(f"word {number}")
    release = make_release()
    whole = text_of(release, name)

    in_key_order = ReleasedRowQuerySet.in_key_order
    monkeypatch.setattr(
        ReleasedRowQuerySet, "in_key_order", lambda self, number: in_key_order(self, number, size=2)
    )

    assert text_of(release, name) == whole


def test_the_command_writes_a_file_of_the_usual_name(tmp_path):
    release = make_release()

    call_command("export_release", "latest", "--format", "csv", "--output", str(tmp_path), "--gzip")

    file = tmp_path / "kgcurate-release-1-triples.csv.gz"
    assert gzip.decompress(file.read_bytes()).decode() == text_of(release, "csv")
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("number", ["7", "first"])
def test_the_command_knows_no_such_release(number):
    with pytest.raises(CommandError):
        call_command("export_release", number)


def test_every_released_triple_has_its_ends_in_the_export():
    release = make_release()
    graph = graph_of(release, "ntriples")

    typed = set(graph.subjects(RDF.type, None))

    for row in ReleasedTriple.objects.held_by(release.number):
        assert {rdflib.URIRef(f"{BASE}concept/{key}") for key in (row.subject, row.object)} <= typed
