"""IRIs and literals: how the graph's parts are written down in RDF."""

import re
import uuid

RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
SKOS = "http://www.w3.org/2004/02/skos/core#"
# The characters that N-Triples forbids in an IRI, and the ending that makes names hang below it.
IRI = re.compile(r"""[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>"{}|^`\\]*[/#]""")

ESCAPES = {
    **{code: f"\\u{code:04X}" for code in (*range(0x20), 0x7F)},
    ord("\b"): "\\b",
    ord("\t"): "\\t",
    ord("\n"): "\\n",
    ord("\f"): "\\f",
    ord("\r"): "\\r",
    ord('"'): '\\"',
    ord("\\"): "\\\\",
}


def is_iri(text: str) -> bool:
    return IRI.fullmatch(text) is not None


def literal(text: str, language: str) -> str:
    """A language-tagged literal in N-Triples."""
    return f'"{text.translate(ESCAPES)}"@{language}'


class Names:
    """The IRIs of one release, all below its base."""

    def __init__(self, base: str):
        self.base = base
        # Not a relation: no ontology can have a name with a slash in it.
        self.scope = f"{base}vocabulary/scope"

    def concept(self, key: uuid.UUID) -> str:
        return f"{self.base}concept/{key}"

    def triple(self, key: uuid.UUID) -> str:
        return f"{self.base}triple/{key}"

    def concept_class(self, name: str) -> str:
        return f"{self.base}class/{name}"

    def relation(self, name: str) -> str:
        return f"{self.base}relation/{name}"
