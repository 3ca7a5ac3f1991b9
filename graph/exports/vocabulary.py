"""The classes and relations of a release with their labels, as its ontology named them."""

from collections.abc import Iterator

from graph.exports.terms import RDF, RDFS, Names
from graph.models import Release
from graph.ontology import parse


def vocabulary(release: Release, names: Names) -> Iterator[tuple[str, str, list[tuple[str, str]]]]:
    """(IRI, type, [(language, label)]), read from the YAML that was in force: its row never changes."""
    if release.ontology is None:
        return
    ontology = parse(release.ontology.source)
    for item in sorted(ontology.classes, key=lambda item: item.name):
        yield names.concept_class(item.name), f"{RDFS}Class", sorted(item.labels.items())
    for relation in sorted(ontology.relations, key=lambda item: item.name):
        yield names.relation(relation.name), f"{RDF}Property", sorted(relation.labels.items())
