import random

import numpy as np
import pytest

from mining.classifiers import base
from mining.classifiers.logistic import Logistic

GOOD = ["保湿", "补水", "清爽", "亲肤", "提亮", "修护"]
BAD = ["的时候", "然后我", "这个是", "一下子", "就觉得", "还没有"]


def row(phrase, category="面霜", before="用了很", after="真的喜欢", **figures):
    text = f"{before}{phrase}{after}"
    example = {"text": text, "start": len(before), "end": len(before) + len(phrase), "source": "review"}
    return {"phrase": phrase, "language": "zh", "category": category, "examples": [example], **figures}


def learnable(size, seed=1):
    """Rows whose label hangs on the characters of the phrase."""
    rng = random.Random(seed)
    labels = [rng.random() < 0.4 for _ in range(size)]
    rows = [
        row(rng.choice(GOOD if label else BAD) + rng.choice("一二三四五六七八九十"), count=rng.randint(3, 50))
        for label in labels
    ]
    return rows, np.array(labels)


def fitted(rows, labels):
    classifier = Logistic()
    classifier.fit(rows, labels, seed=7)
    return classifier


def test_learns_what_can_be_learnt():
    classifier = fitted(*learnable(200))
    rows, labels = learnable(100, seed=2)

    probabilities = classifier.probabilities(rows)

    assert np.mean((probabilities > 0.5) == labels) > 0.95
    assert classifier.notes == []


def test_learns_from_the_context_with_the_phrase_masked():
    rng = random.Random(5)
    labels = np.array([rng.random() < 0.5 for _ in range(200)])
    rows = [
        row("".join(rng.choices("甲乙丙丁戊己庚辛", k=3)), before="想要" if label else "收到", after="。")
        for label in labels
    ]

    probabilities = fitted(rows[:150], labels[:150]).probabilities(rows[150:])

    assert np.mean((probabilities > 0.5) == labels[150:]) > 0.9


def test_probabilities_are_calibrated_though_classes_are_weighted():
    rng = np.random.default_rng(4)
    labels = rng.random(2000) < 0.1
    # A third of the positives look like negatives, so nothing can be sure.
    rows = [row("保湿" if label and rng.random() > 0.33 else "还没有") for label in labels]

    probabilities = fitted(rows, labels).probabilities(rows)

    assert probabilities.mean() == pytest.approx(labels.mean(), abs=0.02)


@pytest.mark.parametrize(("label", "word"), [(True, "yes"), (False, "no")])
def test_one_class_only_falls_back_to_the_prior_and_says_so(label, word, tmp_path):
    rows, _ = learnable(18)
    classifier = fitted(rows, np.full(18, label))

    classifier.save(tmp_path / "model.npz")
    loaded = Logistic.load(tmp_path / "model.npz")

    assert set(loaded.probabilities(rows)) == {19 / 20 if label else 1 / 20}
    assert word in loaded.notes[0]


def test_few_labels_are_not_calibrated_and_it_says_so():
    rows, _ = learnable(20)
    labels = np.array([True] * 3 + [False] * 17)

    classifier = fitted(rows, labels)

    assert "not calibrated" in classifier.notes[0]
    assert ((classifier.probabilities(rows) >= 0) & (classifier.probabilities(rows) <= 1)).all()


def test_labels_that_cannot_be_learnt_do_not_turn_the_order_round():
    rng = np.random.default_rng(9)
    rows = [row("保湿", before="", after="") for _ in range(40)]

    classifier = fitted(rows, rng.permutation(np.array([True] * 20 + [False] * 20)))

    assert np.ptp(classifier.probabilities(rows)) < 1e-9


def test_saved_and_loaded_gives_the_same_probabilities(tmp_path):
    rows, labels = learnable(120)
    classifier = fitted(rows, labels)
    new = learnable(30, seed=8)[0] + [row("从没见过的词", category="从没见过")]

    classifier.save(tmp_path / "model.npz")
    digest = base.digest_of(tmp_path / "model.npz")
    loaded = base.load("logistic", tmp_path / "model.npz", digest=digest)

    np.testing.assert_allclose(loaded.probabilities(new), classifier.probabilities(new), rtol=1e-12)


def test_same_labels_and_seed_give_the_same_model():
    rows, labels = learnable(120)

    first, second = fitted(rows, labels), fitted(rows, labels)

    np.testing.assert_array_equal(first.probabilities(rows), second.probabilities(rows))


def test_an_altered_file_is_not_loaded(tmp_path):
    path = tmp_path / "model.npz"
    fitted(*learnable(40)).save(path)
    digest = base.digest_of(path)
    path.write_bytes(path.read_bytes() + b"\0")

    with pytest.raises(base.AlteredModel):
        base.load("logistic", path, digest=digest)
    with pytest.raises(base.AlteredModel):
        base.load("logistic", tmp_path / "gone.npz", digest=digest)


def test_odd_rows_are_scored_like_any_other():
    classifier = fitted(*learnable(60))
    odd = [
        {"phrase": "", "language": "zh", "category": None, "examples": []},
        {"phrase": "x", "language": "en", "pmi": float("nan"), "lift": 0.0, "count": 10**9},
        row("emoji 😀‍♂️", left_entropy=float("inf")),
    ]

    probabilities = classifier.probabilities(odd)

    assert ((probabilities >= 0) & (probabilities <= 1)).all()
    assert classifier.probabilities([]).shape == (0,)


def test_nothing_to_learn_from_is_an_error():
    with pytest.raises(ValueError, match="nothing to learn"):
        Logistic().fit([], np.zeros(0, bool), seed=1)


def test_an_unknown_classifier_is_named():
    with pytest.raises(base.UnknownClassifier, match=r"'bert'.*logistic"):
        base.classifier_class("bert")


def test_rows_of_other_kinds_are_learnt_from_their_texts_words_and_numbers(tmp_path):
    rows = [
        {
            "language": "en",
            "texts": {"subject": f"thing {number}"},
            "words": ["between:makes" if number % 2 else "between:and"],
            "numbers": {"length": float(number), "share": 0.5},
        }
        for number in range(40)
    ]
    truth = np.array([number % 2 == 1 for number in range(40)])
    classifier = Logistic()

    classifier.fit(rows[:30], truth[:30], seed=1)
    classifier.save(tmp_path / "model.npz")
    loaded = Logistic.load(tmp_path / "model.npz")

    assert ((loaded.probabilities(rows[30:]) > 0.5) == truth[30:]).all()
    assert loaded.names == ("length", "share")
    assert np.array_equal(loaded.probabilities(rows), classifier.probabilities(rows))


def test_a_kind_without_numbers_learns_from_its_words():
    rows = [{"language": "en", "words": ["a" if number % 2 else "b"]} for number in range(20)]
    truth = np.array([number % 2 == 1 for number in range(20)])
    classifier = Logistic()

    classifier.fit(rows, truth, seed=1)

    assert ((classifier.probabilities(rows) > 0.5) == truth).all()
