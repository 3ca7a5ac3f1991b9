"""Putting an ontology in force."""

import hashlib
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from graph.identity import everyone
from graph.models import Concept, ConceptClass, Ontology, Relation, Triple
from graph.ontology import DEFAULT_FILE, OntologyError, OntologySpec, Problem, RelationSpec, parse
from people.models import Change


@dataclass
class Loaded:
    """What loading an ontology did, in classes and relations."""

    ontology: Ontology | None = None
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    retired: int = 0
    removed: int = 0


def load_ontology(*, source: bytes | str, file: str, by=None, actor: str = "") -> Loaded:
    """Make a YAML ontology the one in force; the same file twice changes nothing.

    Classes and relations that the file no longer has are removed, or retired where concepts or triples
    use them: what is in the graph stays, nothing new of the kind is proposed.
    """
    spec = parse(source, file=file)
    with transaction.atomic():
        with connection.cursor() as cursor:
            # Two loads at once would interleave; readers go on.
            cursor.execute("LOCK TABLE graph_ontology IN EXCLUSIVE MODE")
        _check_against_graph(spec, file)
        loaded = Loaded()
        classes = {item.name: _put_class(item, loaded) for item in spec.classes}
        for item in spec.relations:
            _put_relation(item, classes, loaded)
        _retire_missing(spec, loaded)
        _record(spec, loaded, by=by, actor=actor)
    return loaded


def ensure_default_ontology() -> Loaded | None:
    """Load the shipped ontology into a workspace that has none, with the segment of all users."""
    with transaction.atomic():
        if Ontology.objects.exists():
            return None
        loaded = load_ontology(source=DEFAULT_FILE.read_bytes(), file=DEFAULT_FILE.name, actor="setup")
        everyone()
        return loaded


def _check_against_graph(spec: OntologySpec, file: str) -> None:
    """A triple is named by its scope too, so that a relation in use cannot gain, lose or change one."""
    scopes = dict(
        Relation.objects.filter(name__in=[item.name for item in spec.relations]).values_list(
            "name", "scope__name"
        )
    )
    problems = [
        Problem(
            item.line,
            _("“%(name)s” already has triples with another scope, and cannot change it")
            % {"name": item.name},
        )
        for item in spec.relations
        if item.name in scopes
        and scopes[item.name] != item.scope
        and Triple.objects.filter(relation__name=item.name).exists()
    ]
    if problems:
        raise OntologyError(file, problems)


def _put_class(item, loaded: Loaded) -> ConceptClass:
    wanted = {
        "labels": item.labels,
        "description": item.description,
        "level": item.level,
        "is_retired": False,
    }
    row, created = ConceptClass.objects.get_or_create(name=item.name, defaults=wanted)
    _count(loaded, created, _assign(row, wanted))
    return row


def _put_relation(item: RelationSpec, classes: dict[str, ConceptClass], loaded: Loaded) -> None:
    wanted = {
        "labels": item.labels,
        "description": item.description,
        "level": item.level,
        "check_policy": item.check_policy,
        "scope": classes[item.scope] if item.scope else None,
        "is_retired": False,
    }
    row, created = Relation.objects.get_or_create(name=item.name, defaults=wanted)
    changed = _assign(row, wanted)
    for ends, names in ((row.domain, item.domain), (row.range, item.range)):
        before = set(ends.values_list("name", flat=True))
        if before != set(names):
            ends.set([classes[name] for name in names])
            changed = True
    _count(loaded, created, changed)


def _assign(row, wanted: dict) -> bool:
    different = [name for name, value in wanted.items() if getattr(row, name) != value]
    for name in different:
        setattr(row, name, wanted[name])
    if different:
        row.save(update_fields=different)
    return bool(different)


def _count(loaded: Loaded, created: bool, changed: bool) -> None:
    if created:
        loaded.added += 1
    elif changed:
        loaded.changed += 1
    else:
        loaded.unchanged += 1


def _retire_missing(spec: OntologySpec, loaded: Loaded) -> None:
    # Relations first: a class stays as long as a relation that stays names it.
    relations = Relation.objects.exclude(name__in=[item.name for item in spec.relations])
    for relation in relations:
        _retire_or_remove(relation, Triple.objects.filter(relation=relation).exists(), loaded)
    for missing in ConceptClass.objects.exclude(name__in=[item.name for item in spec.classes]):
        named = Q(domain=missing) | Q(range=missing) | Q(scope=missing)
        used = (
            Concept.objects.filter(concept_class=missing).exists() or Relation.objects.filter(named).exists()
        )
        _retire_or_remove(missing, used, loaded)


def _retire_or_remove(row: ConceptClass | Relation, is_used: bool, loaded: Loaded) -> None:
    if not is_used:
        row.delete()
        loaded.removed += 1
    elif not row.is_retired:
        row.is_retired = True
        row.save(update_fields=["is_retired"])
        loaded.retired += 1


def _record(spec: OntologySpec, loaded: Loaded, *, by, actor: str) -> None:
    digest = hashlib.sha256(spec.source.encode()).hexdigest()
    current = Ontology.objects.order_by("-pk").first()
    if current and current.digest == digest:
        loaded.ontology = current
        return
    loaded.ontology = Ontology.objects.create(
        name=spec.name, version=spec.version, source=spec.source, digest=digest, loaded_by=by
    )
    Change.objects.create(
        by=by,
        actor=actor,
        action="load",
        entity="ontology",
        entity_id=loaded.ontology.pk,
        before={"digest": current.digest, "version": current.version} if current else None,
        after={
            "name": spec.name,
            "version": spec.version,
            "digest": digest,
            "added": loaded.added,
            "changed": loaded.changed,
            "retired": loaded.retired,
            "removed": loaded.removed,
        },
    )
