"""The tables of the knowledge graph, one word of the design per file."""

from graph.models.concept import Concept, Label
from graph.models.evidence import Evidence
from graph.models.ontology import ConceptClass, Ontology, Relation
from graph.models.release import Release, ReleasedConcept, ReleasedTriple
from graph.models.status import Level, Status
from graph.models.triple import Triple

__all__ = [
    "Concept",
    "ConceptClass",
    "Evidence",
    "Label",
    "Level",
    "Ontology",
    "Relation",
    "Release",
    "ReleasedConcept",
    "ReleasedTriple",
    "Status",
    "Triple",
]
