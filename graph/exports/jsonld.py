"""JSON-LD: one node per line in one document, the same graph as the N-Triples."""

import json
from collections.abc import Iterator

from graph.exports.terms import RDF, RDFS, SKOS, Names
from graph.exports.vocabulary import vocabulary
from graph.models import Release, ReleasedConcept, ReleasedTriple


def lines(release: Release) -> Iterator[str]:
    yield f'{{"@context": {_json(_context(release.iri_base))},\n"@graph": [\n'
    separator = ""
    for node in _nodes(release):
        yield f"{separator}{_json(node)}"
        separator = ",\n"
    yield "\n]}\n"


def _json(value) -> str:
    return json.dumps(value, ensure_ascii=False)


def _context(base: str) -> dict:
    return {
        "@version": 1.1,
        "rdf": RDF,
        "rdfs": RDFS,
        "skos": SKOS,
        **{name: f"{base}{name}/" for name in ("concept", "triple", "class", "relation", "vocabulary")},
        "prefLabel": {"@id": f"{SKOS}prefLabel", "@container": "@language"},
        "altLabel": {"@id": f"{SKOS}altLabel", "@container": "@language"},
    }


def _nodes(release: Release) -> Iterator[dict]:
    names = Names("")  # relative to nothing: "concept/…" becomes the compact "concept:…"
    base = len(release.iri_base)
    for iri, type_, labels in vocabulary(release, Names(release.iri_base)):
        kind = type_.replace(RDFS, "rdfs:").replace(RDF, "rdf:")
        node = {"@id": _compact(iri[base:]), "@type": kind}
        yield {**node, "prefLabel": dict(labels)} if labels else node
    for batch in ReleasedConcept.objects.in_key_order(release.number):
        for concept in batch:
            yield _concept(concept, names)
    for batch in ReleasedTriple.objects.in_key_order(release.number):
        for triple in batch:
            yield _triple(triple, names)


def _compact(name: str) -> str:
    return name.replace("/", ":", 1)


def _concept(concept: ReleasedConcept, names: Names) -> dict:
    preferred: dict[str, str] = {}
    aliases: dict[str, list[str]] = {}
    for language, text, is_preferred in concept.labels:
        if is_preferred:
            preferred[language] = text
        else:
            aliases.setdefault(language, []).append(text)
    return {
        "@id": _compact(names.concept(concept.key)),
        "@type": _compact(names.concept_class(concept.concept_class)),
        **({"prefLabel": preferred} if preferred else {}),
        **({"altLabel": aliases} if aliases else {}),
    }


def _triple(triple: ReleasedTriple, names: Names) -> dict:
    subject, object_ = (
        {"@id": _compact(names.concept(triple.subject))},
        {"@id": _compact(names.concept(triple.object))},
    )
    relation = _compact(names.relation(triple.relation))
    if triple.scope is None:
        return {**subject, relation: object_}
    return {
        "@id": _compact(names.triple(triple.key)),
        "@type": "rdf:Statement",
        "rdf:subject": subject,
        "rdf:predicate": {"@id": relation},
        "rdf:object": object_,
        _compact(names.scope): {"@id": _compact(names.concept(triple.scope))},
    }
