"""The YAML ontology: read it, check it, and say which lines are wrong.

The file is composed into nodes and not loaded into dictionaries: nodes know their line, and a key given
twice is still there twice. All errors of a file are found before it is refused.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import yaml
from django.utils.translation import gettext as _

from graph.models.concept import LANGUAGE
from graph.models.ontology import Check
from graph.models.status import Level
from people.errors import UserError

DEFAULT_FILE = Path(__file__).parent / "ontologies" / "ecommerce.yaml"
LARGEST = 1_000_000  # bytes; a full ontology has a few thousand
# Names become parts of IRIs.
NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}")


@dataclass(frozen=True, order=True)
class Problem:
    line: int
    reason: str


class OntologyError(UserError):
    """Everything that is wrong with an ontology file."""

    def __init__(self, file: str, problems: list[Problem]):
        self.file = file
        self.problems = sorted(set(problems))
        super().__init__("\n".join(f"{file}:{problem.line}: {problem.reason}" for problem in self.problems))


@dataclass(frozen=True)
class ClassSpec:
    name: str
    line: int
    labels: dict[str, str] = field(default_factory=dict)
    description: str = ""
    level: str = Level.SCHEMA


@dataclass(frozen=True)
class RelationSpec:
    name: str
    line: int
    domain: tuple[str, ...]
    range: tuple[str, ...]
    labels: dict[str, str] = field(default_factory=dict)
    description: str = ""
    scope: str | None = None
    level: str = Level.SCHEMA
    check_policy: str = Check.COMPLETE


@dataclass(frozen=True)
class OntologySpec:
    name: str
    version: str
    classes: tuple[ClassSpec, ...]
    relations: tuple[RelationSpec, ...]
    source: str


def parse(source: bytes | str, *, file: str = "ontology.yaml") -> OntologySpec:
    """The ontology that the YAML describes, or an OntologyError with every problem at its line."""
    text = _decode(source, file)
    reader = _Reader()
    spec = reader.ontology(_compose(text, file), text)
    if reader.problems or spec is None:
        raise OntologyError(file, reader.problems)
    return spec


def _decode(source: bytes | str, file: str) -> str:
    if len(source) > LARGEST:
        raise OntologyError(file, [Problem(1, _("the file is larger than an ontology can be (1 MB)"))])
    if isinstance(source, str):
        return source
    try:
        return source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = source.count(b"\n", 0, error.start) + 1
        raise OntologyError(file, [Problem(line, _("this is not UTF-8 text"))]) from error


def _compose(text: str, file: str) -> yaml.Node | None:
    try:
        return _storable(yaml.compose(text, Loader=yaml.SafeLoader), file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, reason = (mark.line + 1 if mark else 1), error.problem or error.context or str(error)
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        reason = _("the character %(code)s is not allowed in YAML") % {"code": f"U+{error.character:04X}"}
    except RecursionError:
        line, reason = 1, _("the lists in this file are nested too deep")
    raise OntologyError(file, [Problem(line, reason)])


def _storable(root: yaml.Node | None, file: str) -> yaml.Node | None:
    """YAML can write characters, as escapes, that no text can hold: NUL and halves of surrogate pairs."""
    waiting, seen = [root] if root else [], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:  # an alias
            continue
        seen.add(id(node))
        if isinstance(node, yaml.ScalarNode):
            if any(letter == "\0" or "\ud800" <= letter <= "\udfff" for letter in node.value):
                raise OntologyError(file, [Problem(_line(node), _("a character here cannot be stored"))])
        else:
            for inner in node.value:
                waiting += inner if isinstance(inner, tuple) else [inner]
    return root


def _line(node: yaml.Node) -> int:
    return node.start_mark.line + 1


class _Reader:
    """Walks the nodes; what is wrong is noted and left out, so that one error does not hide the next."""

    def __init__(self) -> None:
        self.problems: list[Problem] = []

    def wrong(self, node: yaml.Node, reason: str) -> None:
        self.problems.append(Problem(_line(node), reason))

    def ontology(self, root: yaml.Node | None, text: str) -> OntologySpec | None:
        if root is None:
            self.problems.append(Problem(1, _("the file is empty")))
            return None
        top = self.fields(root, needed=("name", "version", "classes"), allowed=("relations",))
        classes = tuple(self.named(top.get("classes"), self.concept_class))
        if "classes" in top and not classes and not self.problems:
            self.wrong(top["classes"], _("there must be at least one class"))
        # The same names, also of classes that are wrong otherwise, so that one mistake is told once.
        self.known = {node.value for node in self.names_in(top.get("classes"))}
        relations = tuple(self.named(top.get("relations"), self.relation))
        return OntologySpec(
            name=self.text(top.get("name"), longest=100),
            version=self.text(top.get("version"), longest=40),
            classes=classes,
            relations=relations,
            source=text,
        )

    def fields(self, node: yaml.Node, *, needed=(), allowed=()) -> dict[str, yaml.Node]:
        """The entries of a mapping, with unknown, repeated and missing keys noted."""
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, _("expected “key: value” lines here"))
            return {}
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            word = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if word not in (*needed, *allowed):
                known = ", ".join((*needed, *allowed))
                self.wrong(
                    key, _("unknown key “%(key)s”; known here: %(known)s") % {"key": word, "known": known}
                )
            elif word in found:
                self.wrong(key, _("the key “%(key)s” is given twice") % {"key": word})
            else:
                found[word] = value
        for word in needed:
            if word not in found:
                self.wrong(node, _("“%(key)s” is missing") % {"key": word})
        return found

    def items(self, node: yaml.Node | None) -> list[yaml.Node]:
        if node is None or _is_nothing(node):
            return []
        if isinstance(node, yaml.SequenceNode):
            return node.value
        self.wrong(node, _("expected a list here"))
        return []

    def text(self, node: yaml.Node | None, *, longest: int = 10_000) -> str:
        if node is None:
            return ""
        if not isinstance(node, yaml.ScalarNode) or _is_nothing(node):
            self.wrong(node, _("expected a text here"))
            return ""
        if len(node.value) > longest:
            self.wrong(node, _("longer than %(longest)s characters") % {"longest": longest})
        return node.value.strip()

    def choice(self, node: yaml.Node | None, choices: list[str], default: str) -> str:
        if node is None:
            return default
        value = self.text(node)
        if value and value not in choices:
            self.wrong(
                node,
                _("“%(value)s” is not one of: %(known)s") % {"value": value, "known": ", ".join(choices)},
            )
        return value

    def labels(self, node: yaml.Node | None) -> dict[str, str]:
        if node is None:
            return {}
        if not isinstance(node, yaml.MappingNode):
            self.wrong(node, _("expected labels as “language: word”"))
            return {}
        labels: dict[str, str] = {}
        for key, value in node.value:
            language = key.value if isinstance(key, yaml.ScalarNode) else "?"
            if not re.fullmatch(LANGUAGE, language):
                self.wrong(key, _("“%(language)s” is not a language tag") % {"language": language})
            elif language in labels:
                self.wrong(key, _("the key “%(key)s” is given twice") % {"key": language})
            labels[language] = self.text(value, longest=200)
        return labels

    def names_in(self, node: yaml.Node | None) -> Iterator[yaml.ScalarNode]:
        for entry in node.value if isinstance(node, yaml.SequenceNode) else ():
            for key, value in entry.value if isinstance(entry, yaml.MappingNode) else ():
                if (
                    isinstance(key, yaml.ScalarNode)
                    and key.value == "name"
                    and isinstance(value, yaml.ScalarNode)
                ):
                    yield value

    def named(self, node: yaml.Node | None, read):
        """Each entry of a list read by `read`, names checked and none of them twice."""
        first: dict[str, int] = {}
        for name in self.names_in(node):
            if not NAME.fullmatch(name.value):
                self.wrong(
                    name,
                    _("“%(name)s” cannot be a name: use letters, digits and _, a letter first, 60 at most")
                    % {"name": name.value},
                )
            elif name.value in first:
                self.wrong(
                    name,
                    _("“%(name)s” is already there, in line %(line)s")
                    % {"name": name.value, "line": first[name.value]},
                )
            else:
                first[name.value] = _line(name)
        for entry in self.items(node):
            yield read(entry)

    def concept_class(self, node: yaml.Node) -> ClassSpec:
        entry = self.fields(node, needed=("name",), allowed=("labels", "description", "level"))
        return ClassSpec(
            name=self.text(entry.get("name")),
            line=_line(node),
            labels=self.labels(entry.get("labels")),
            description=self.text(entry.get("description")),
            level=self.choice(entry.get("level"), Level.values, Level.SCHEMA),
        )

    def relation(self, node: yaml.Node) -> RelationSpec:
        entry = self.fields(
            node,
            needed=("name", "domain", "range"),
            allowed=("labels", "description", "scope", "level", "check"),
        )
        return RelationSpec(
            name=self.text(entry.get("name")),
            line=_line(node),
            domain=self.classes(entry.get("domain")),
            range=self.classes(entry.get("range")),
            labels=self.labels(entry.get("labels")),
            description=self.text(entry.get("description")),
            scope=self.class_name(entry["scope"]) if "scope" in entry else None,
            level=self.choice(entry.get("level"), Level.values, Level.SCHEMA),
            check_policy=self.choice(entry.get("check"), Check.values, Check.COMPLETE),
        )

    def classes(self, node: yaml.Node | None) -> tuple[str, ...]:
        if node is None:
            return ()
        # One class may stand without the brackets of a list.
        nodes = [node] if isinstance(node, yaml.ScalarNode) and not _is_nothing(node) else self.items(node)
        if not nodes:
            self.wrong(node, _("there must be at least one class"))
        # As they stand in the file, each once.
        return tuple(dict.fromkeys(self.class_name(entry) for entry in nodes))

    def class_name(self, node: yaml.Node) -> str:
        name = self.text(node)
        if name and name not in self.known:
            self.wrong(node, _("there is no class “%(name)s” in this file") % {"name": name})
        return name


def _is_nothing(node: yaml.Node) -> bool:
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"
