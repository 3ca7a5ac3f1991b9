import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.phrases.boundaries import function_words, jieba_cut, load_boundaries, mark_boundaries
from mining.phrases.corpus import Corpus, read_corpus
from mining.phrases.encode import Stream, encode
from mining.phrases.parameters import SentenceText
from mining.phrases.workspace import Workspace


def encoded(texts, folder):
    sentences = [SentenceText(n, n, "zh", None, text) for n, text in enumerate(texts)]
    read_corpus(sentences, folder, lambda *told: None)
    workspace = Workspace(folder / "zh")
    corpus = Corpus(workspace)
    encode(corpus, workspace, "zh", lambda *told: None)
    return workspace, corpus, Stream(workspace)


def test_the_mask_holds_word_beginnings_and_breaks(tmp_path):
    workspace, corpus, stream = encoded(["面霜很好，好用", "BB霜"], tmp_path)

    mark_boundaries(
        corpus, stream, [0, 1], workspace, batch=1, report=lambda *told: None, stage="zh",
        cut=lambda text: iter(["面霜", "很好", "，", "好用"] if "面" in text else ["B", "B霜"]),
    )  # fmt: skip

    # break 面 霜 很 好 break 好 用 break BB 霜 break
    assert load_boundaries(workspace).tolist() == [1, 1, 0, 1, 0, 1, 1, 0, 1, 1, 0, 1]


def test_segmentation_goes_on_after_the_last_batch(tmp_path):
    workspace, corpus, stream = encoded([f"第{number}瓶面霜" for number in range(10)], tmp_path)
    cut = []

    def counting(text):
        cut.append(text)
        return iter(text)

    def cancel(stage, done, total):
        if done == 6:
            raise KeyboardInterrupt

    options = {"batch": 3, "stage": "zh", "cut": counting}
    with pytest.raises(KeyboardInterrupt):
        mark_boundaries(corpus, stream, range(10), workspace, report=cancel, **options)
    mark_boundaries(corpus, stream, range(10), workspace, report=lambda *told: None, **options)

    assert len(cut) == 10
    assert load_boundaries(workspace).all()


@settings(max_examples=100, deadline=None)
@given(st.text(max_size=40))
def test_cut_words_joined_are_the_text(text):
    assert "".join(jieba_cut()(text)) == text


def test_function_words_leave_out_what_shoppers_use():
    assert {"永远", "因为", "他们"} <= function_words()
    assert not {"一次性", "保湿", "日常"} & function_words()
