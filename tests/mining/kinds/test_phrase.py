import xml.etree.ElementTree as ElementTree

import pytest

from annotation import kinds
from mining.kinds.phrase import PHRASE
from mining.kinds.phrase.questions import POI, PROBLEM


def test_the_kind_is_in_the_table():
    assert kinds.get("phrase") is PHRASE
    assert set(PHRASE.questions) == {"poi", "problem", "phrase"}


@pytest.mark.parametrize("question", [POI, PROBLEM], ids=lambda question: question.name)
def test_guidelines_are_complete_in_both_languages(question):
    assert set(question.guideline) == {"en", "zh"}
    for language, text in question.guideline.items():
        assert "{" not in text  # shown as it is
        assert text.count("\n- ") >= 8
        examples = [example for example in question.examples if example["language"] == language]
        assert len(examples) >= 6
        assert {example["answer"] for example in examples} == {"accept", "reject", "unsure"}
        assert all(example["why"] and example["candidate"] for example in examples)


def test_the_label_studio_config_names_every_answer_by_its_key():
    view = ElementTree.fromstring(PHRASE.label_config)  # noqa: S314

    choices = view.findall(".//Choices[@toName='phrase']/Choice")
    assert {choice.get("hotkey"): choice.get("value") for choice in choices} == dict(PHRASE.answers)
    assert view.find(".//Text[@name='phrase']").get("value") == "$phrase"
