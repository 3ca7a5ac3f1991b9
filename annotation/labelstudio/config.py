"""The labelling config of a kind, with everything that can be said about its candidates."""

from xml.etree import ElementTree

from annotation.kinds import Kind
from annotation.models.answer import Answer, BadReason, Typicality

# Names of the controls, the same for all kinds: what a result is read by.
ANSWER, REASON, TYPICALITY, COMMENT = "answer", "reason", "typicality", "comment"


def labelling_config(kind: Kind, *, asks_typicality: bool = False) -> str:
    """The kind's own XML, completed by the reasons of a bad candidate, typicality and a comment."""
    root = ElementTree.fromstring(kind.label_config)  # noqa: S314 - our own text
    answer = _answer(root)
    if kind.bad_reasons:
        ElementTree.SubElement(answer, "Choice", value=Answer.BAD, alias=Answer.BAD, hotkey="b")
        reasons = [str(BadReason(reason)) for reason in kind.bad_reasons]
        _choices(root, REASON, reasons, when=Answer.BAD)
    if asks_typicality:
        _choices(root, TYPICALITY, list(Typicality.values), when=Answer.ACCEPT)
    ElementTree.SubElement(
        root, "TextArea", name=COMMENT, toName=answered(root), rows="2", maxSubmissions="1", editable="true"
    )
    return ElementTree.tostring(root, encoding="unicode")


def answered(root: ElementTree.Element) -> str:
    """The name of the object that the answer is about."""
    return _answer(root).get("toName", "")


def object_of(kind: Kind) -> str:
    return answered(ElementTree.fromstring(kind.label_config))  # noqa: S314 - our own text


def _answer(root: ElementTree.Element) -> ElementTree.Element:
    for choices in root.iter("Choices"):
        if choices.get("name") == ANSWER:
            return choices
    raise LookupError("a labelling config needs Choices with the name “answer”")


def _choices(root: ElementTree.Element, name: str, values: list[str], *, when: str) -> None:
    choices = ElementTree.SubElement(
        root,
        "Choices",
        name=name,
        toName=answered(root),
        choice="single-radio",
        showInLine="true",
        visibleWhen="choice-selected",
        whenTagName=ANSWER,
        whenChoiceValue=when,
    )
    for value in values:
        ElementTree.SubElement(choices, "Choice", value=value, alias=value)
