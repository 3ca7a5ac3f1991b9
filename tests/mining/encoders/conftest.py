"""Tiny models made on the spot: a corpus of a few patterns that a model can learn in seconds."""

import itertools

import pytest

from mining.encoders.card import save_encoder
from mining.encoders.corpus import encode_texts, learn_tokens, load_tokens, read_texts
from mining.encoders.parameters import TrainingParameters
from mining.encoders.train import train
from mining.phrases.workspace import Workspace

SUBJECTS = ["皮肤干燥", "头发柔顺", "味道清香", "泡沫丰富", "包装精美", "屏幕清晰", "续航持久", "手感细腻"]
VERBS = ["真的", "非常", "一直", "果然", "还是"]
ENDS = ["很满意", "不错哦", "要回购", "推荐买", "the moisturizing cream works well", "smooth and shiny hair"]

SMALL = TrainingParameters(
    vocabulary=400, steps=90, batch_tokens=384, held_out=20, evaluations=2, learning_rate=8e-3, dropout=0.0,
    max_tokens=32, precision="float32",
)  # fmt: skip


def quiet(stage, done, total):
    """Nobody listens."""


def corpus(number=2_000):
    """Different sentences: a subject, an adverb, an end, numbered."""
    for at, (subject, verb, end) in enumerate(
        itertools.islice(itertools.cycle(itertools.product(SUBJECTS, VERBS, ENDS)), number)
    ):
        yield f"{subject}{verb}{end}，{at % 97}号{at}"


@pytest.fixture
def prepared(tmp_path):
    """A workspace with encoded text: `prepared(parameters)` gives (workspace, vocabulary)."""

    def prepare(parameters=SMALL, name="work", number=600):
        workspace = Workspace(tmp_path / name)
        read_texts(corpus(number), workspace, quiet)
        learn_tokens(workspace, parameters, quiet)
        encode_texts(workspace, parameters, quiet)
        return workspace, load_tokens(workspace).get_vocab_size()

    return prepare


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The folder of a trained tiny encoder."""
    workspace = Workspace(tmp_path_factory.mktemp("encoder"))
    told = read_texts(corpus(600), workspace, quiet)
    told |= learn_tokens(workspace, SMALL, quiet) | encode_texts(workspace, SMALL, quiet)
    trained = train(workspace, SMALL, vocabulary=told["vocabulary"], report=quiet, threads=1)
    made = workspace.root / "encoder"
    save_encoder(trained, load_tokens(workspace), made, name="patterns", parameters=SMALL, corpus=told)
    return made
