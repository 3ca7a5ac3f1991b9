"""The knowledge graph: ontology, concepts, triples, evidence, curation, releases and exports."""
