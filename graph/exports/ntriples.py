"""N-Triples: one statement per line, for graph stores."""

from collections.abc import Iterator

from graph.exports.terms import RDF, SKOS, Names, literal
from graph.exports.vocabulary import vocabulary
from graph.models import Release, ReleasedConcept, ReleasedTriple


def lines(release: Release) -> Iterator[str]:
    names = Names(release.iri_base)
    yield from _vocabulary(release, names)
    for batch in ReleasedConcept.objects.in_key_order(release.number):
        for concept in batch:
            yield from _concept(concept, names)
    for batch in ReleasedTriple.objects.in_key_order(release.number):
        for triple in batch:
            yield from _triple(triple, names)


def _vocabulary(release: Release, names: Names) -> Iterator[str]:
    for iri, type_, labels in vocabulary(release, names):
        yield f"<{iri}> <{RDF}type> <{type_}> .\n"
        for language, text in labels:
            yield f"<{iri}> <{SKOS}prefLabel> {literal(text, language)} .\n"


def _concept(concept: ReleasedConcept, names: Names) -> Iterator[str]:
    iri = names.concept(concept.key)
    yield f"<{iri}> <{RDF}type> <{names.concept_class(concept.concept_class)}> .\n"
    for language, text, is_preferred in concept.labels:
        word = "prefLabel" if is_preferred else "altLabel"
        yield f"<{iri}> <{SKOS}{word}> {literal(text, language)} .\n"


def _triple(triple: ReleasedTriple, names: Names) -> Iterator[str]:
    subject, relation = names.concept(triple.subject), names.relation(triple.relation)
    object_ = names.concept(triple.object)
    if triple.scope is None:
        yield f"<{subject}> <{relation}> <{object_}> .\n"
        return
    # True within its scope only: written as a statement about the edge and not as the edge itself.
    iri = names.triple(triple.key)
    yield f"<{iri}> <{RDF}type> <{RDF}Statement> .\n"
    yield f"<{iri}> <{RDF}subject> <{subject}> .\n"
    yield f"<{iri}> <{RDF}predicate> <{relation}> .\n"
    yield f"<{iri}> <{RDF}object> <{object_}> .\n"
    yield f"<{iri}> <{names.scope}> <{names.concept(triple.scope)}> .\n"
