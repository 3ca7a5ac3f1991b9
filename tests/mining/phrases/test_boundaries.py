import numpy as np
import pytest

from mining.phrases.corpus import Corpus, read_corpus
from mining.phrases.cutting.dictionary import chinese, function_words
from mining.phrases.cutting.stream import cut_chinese
from mining.phrases.cutting.tags import NAMES
from mining.phrases.encode import Stream, encode
from mining.phrases.parameters import SentenceText
from mining.phrases.workspace import Workspace

# All Han, since jieba takes Latin letters apart; with what its dictionary does not know (栊翠, 忒).
SENTENCES = [
    "这款面霜保湿效果很好", "玻尿酸精华液滋润不油腻", "敏感肌也能用吗", "南京市长江大桥", "研究生命的起源",
    "结婚的和尚未结婚的", "栊翠庵的忒好看", "抗静电面料亲肤透气", "一次性纸杯", "我觉得物流超级快好评",
]  # fmt: skip


def cut(texts, folder):
    sentences = [SentenceText(n, n, "zh", None, text) for n, text in enumerate(texts)]
    read_corpus(sentences, folder, lambda *told: None)
    workspace = Workspace(folder / "zh")
    corpus = Corpus(workspace)
    encode(corpus, workspace, "zh", lambda *told: None)
    stream = Stream(workspace)
    cut_chinese(stream, workspace, lambda *told: None)
    return stream, workspace.array("word", "<i4"), workspace.array("tag", "u1")


def words_of(texts, folder):
    stream, word, _ = cut(texts, folder)
    found = []
    for number, text in enumerate(texts):
        first, last = stream.first[number] + 1, stream.first[number + 1]
        begins = [int(stream.start[slot]) for slot in range(first, last) if word[slot] > 0]
        found.append([text[a:b] for a, b in zip(begins, [*begins[1:], len(text)], strict=True)])
    return found


@pytest.mark.filterwarnings("ignore")
def test_words_are_those_of_jieba_without_its_guesses(tmp_path):
    import jieba

    expected = [list(jieba.Tokenizer().cut(text, HMM=False)) for text in SENTENCES]

    assert words_of(SENTENCES, tmp_path) == expected


def test_breaks_begin_nothing_and_latin_words_stand_alone(tmp_path):
    _, word, tag = cut(["面霜很好，好用", "BB霜"], tmp_path)

    # break 面 霜 很 好 break 好 用 break BB 霜 break
    assert np.sign(word).tolist() == [0, 1, -1, 1, 1, 0, 1, 1, 0, 1, 1, 0]
    names = [NAMES["zh"][number] for number in tag]
    assert names == ["", "n", "n", "d", "a", "", "a", "p", "", "eng", "n", ""]


def test_function_words_leave_out_what_shoppers_use():
    assert {"永远", "因为", "他们"} <= function_words()
    assert not {"一次性", "保湿", "日常"} & function_words()


def test_the_dictionary_is_whole():
    assert len(chinese().words) == len(chinese().tags) > 340_000
