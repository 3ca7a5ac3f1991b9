"""Counts that are kept: any way of splitting a corpus into batches, with documents that change and go, finds
what one full run finds.
"""

import dataclasses
import os
import shutil
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mining.phrases.kept.read import read_changes
from mining.phrases.kept.store import ARRAYS as STORED
from mining.phrases.kept.store import forget
from mining.phrases.mine import mine_phrases
from mining.phrases.parameters import LANGUAGES, Parameters, SentenceText
from mining.phrases.stages import LanguageStages
from mining.phrases.workspace import Workspace

OPEN = {
    "min_count": 2, "min_word_count": 2, "min_pmi": -100.0, "min_entropy": 0.0, "min_boundary_share": 0.0,
    "absorb_share": 1.01, "memory_mb": 16, "max_chars": 5, "max_words": 3,
}  # fmt: skip
CLAUSES = [
    "保湿面霜", "面霜很好用", "洗发水 洗发水", "连衣裙，亲肤透气", "味道清香的洗发水", "𠮷野家面霜", "",
    "😀", "BB霜3.5%", "面霜", "好用", "soft wool coat", "Soft  wool", "quick-drying wool", "wool, soft coat",
]  # fmt: skip


def number_of(*told):
    return zlib.crc32(repr(told).encode("utf-8", "surrogatepass"))


class Shop:
    """A source of documents: id -> language, category, and clauses, each a sentence. Says what was read of
    it.
    """

    def __init__(self, documents):
        self.documents_told = documents
        self.read = []

    def documents(self):
        for document, (language, category, clauses) in sorted(self.documents_told.items()):
            yield document, language, number_of(category, clauses), len(clauses)

    def sentences(self, documents):
        for document in documents.tolist():
            self.read.append(document)
            language, category, clauses = self.documents_told[document]
            for place, clause in enumerate(clauses):
                number = number_of(document, clauses) * 100 + place
                yield SentenceText(number, document, language, category, clause)


def mine(documents, folder, kept=None, report=lambda *told: None, **parameters):
    shop = Shop(documents)
    mined = mine_phrases(
        shop, parameters=Parameters(**{**OPEN, **parameters}), work_dir=folder, report=report, kept=kept
    )
    return mined, shop.read


def content(mined):
    return [path.read_bytes() for path in (*mined.files, *mined.records)]


def assert_same(found, whole):
    assert content(found) == content(whole)
    assert (found.stages, found.dropped, found.read, found.skipped) == (
        whole.stages, whole.dropped, whole.read, whole.skipped)  # fmt: skip


documents_of = st.dictionaries(
    st.integers(1, 12),
    st.tuples(
        st.sampled_from(["zh", "zh", "en", "fr"]),
        st.sampled_from([None, 7, 8]),
        st.lists(st.sampled_from(CLAUSES), max_size=4).map(tuple),
    ),
    max_size=10,
)


def counted(documents, folder, kept=None):
    """All that later stages read, byte by byte: sentences, stream, and frequent n-grams with their places."""
    shop, told = Shop(documents), Parameters(**OPEN)
    facts = read_changes(shop, kept, folder, lambda *told: None)
    found = {"read": facts["read"], "skipped": facts["skipped"]}
    for language in LANGUAGES:
        workspace = Workspace(folder / language)
        stages = LanguageStages(language, told, workspace, lambda *told: None)
        for name, step in (("encode", stages.encode), ("sort", stages.sort)):
            found[language, name] = step()
            workspace.finish(name, found[language, name])
        if kept:
            stages.keep(kept)
        for size in range(1, stages.longest + 1):
            found[language, size] = stages.count(size)
            for name, values in workspace.load_table(f"level{size}").items():
                found[language, size, name] = values.tolist()
        names = {
            *STORED,
            *(f"{name}{size}" for name in ("slot", "gram") for size in range(1, stages.longest + 1)),
        }
        for name in names - {"order"}:  # equal suffixes may lie in any order
            found[language, name] = (folder / language / f"{name}.array").read_bytes()
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(documents_of, min_size=2, max_size=4), st.data())
def test_any_order_of_batches_changes_and_removals_counts_what_a_full_run_counts(
    tmp_path_factory, states, data
):
    folder = tmp_path_factory.mktemp("kept")
    now = {}
    for number, state in enumerate(states):
        gone = data.draw(st.sets(st.sampled_from(sorted(now)))) if now else set()
        now = {key: value for key, value in now.items() if key not in gone} | state

        found = counted(now, folder / f"run{number}", folder / "counts")

        assert found == counted(now, folder / f"whole{number}")


def shop(number=40, start=0):
    return {
        at: ("zh" if at % 2 else "en", at % 3 or None,
             tuple(CLAUSES[(at * step) % len(CLAUSES)] + str(at % 5) for step in (1, 2, 3)))
        for at in range(start, start + number)
    }  # fmt: skip


@pytest.fixture(autouse=True)
def small_batches_merge(monkeypatch):
    """The corpora of tests are small: most of one is changed by any batch."""
    monkeypatch.setattr("mining.phrases.kept.read.MOST_CHANGED", 2.0)


@pytest.mark.parametrize("method", ["unsupervised", "forest"])
def test_a_new_batch_alone_is_read(tmp_path, method):
    told = {"method": method, "trees": 10, "draw": 10, "vector_size": 4}
    first, read = mine(shop(), tmp_path / "1", tmp_path / "counts", **told)
    assert sorted(read) == list(range(40)) and first.documents_read == {"zh": 20, "en": 20}
    later = shop(46)
    later[3] = ("zh", 1, ("保湿面霜很好用", "味道清香"))
    del later[8], later[45]

    second, read = mine(later, tmp_path / "2", tmp_path / "counts", **told)

    assert read == [3, 40, 41, 42, 43, 44]
    assert_same(second, mine(later, tmp_path / "whole", **told)[0])
    third, read = mine(later, tmp_path / "3", tmp_path / "counts", **told)
    assert read == []
    assert_same(third, second)


def test_a_repeated_sentence_takes_the_place_of_one_that_went(tmp_path):
    documents = {
        n: ("zh", None, (clause,)) for n, clause in enumerate(["面 霜好用", "面霜好用", "面霜好用吗"])
    }
    mine(documents, tmp_path / "1", tmp_path / "counts")
    del documents[0]

    found, read = mine(documents, tmp_path / "2", tmp_path / "counts")

    assert read == []  # the text of the sentence that counts now was kept, though it had not counted before
    assert_same(found, mine(documents, tmp_path / "whole")[0])


@pytest.mark.parametrize("damage", ["nothing left", "pointer", "short file", "old version", "file gone"])
def test_a_lost_or_broken_cache_is_counted_anew(tmp_path, damage):
    counts = tmp_path / "counts"
    mine(shop(), tmp_path / "1", counts)
    generation = next(one for one in (counts / "zh").iterdir() if one.is_dir())
    if damage == "nothing left":
        shutil.rmtree(counts)
    elif damage == "pointer":
        (counts / "zh" / "current.json").write_text('{"gener')
    elif damage == "short file":
        (generation / "order.array").write_bytes(b"1234")
    elif damage == "old version":
        facts = generation / "facts.json"
        facts.write_text(facts.read_text().replace('"kept": "', '"kept": "0/'))
    else:
        (generation / "text.array").unlink()

    found, read = mine(shop(41), tmp_path / "2", counts)

    assert {n for n in range(41) if n % 2} <= set(read)
    assert_same(found, mine(shop(41), tmp_path / "whole")[0])
    assert mine(shop(41), tmp_path / "3", counts)[1] == []


def test_a_disk_that_takes_nothing_more_keeps_nothing_and_costs_no_run(tmp_path):
    (tmp_path / "counts").write_text("a file where a folder should be")

    found, read = mine(shop(), tmp_path / "1", tmp_path / "counts")

    assert len(read) == 40
    assert_same(found, mine(shop(), tmp_path / "whole")[0])


class Killed(Exception):
    pass


def test_a_run_killed_anywhere_neither_spoils_what_is_kept_nor_the_result(tmp_path):
    mine(shop(), tmp_path / "first", tmp_path / "counts")
    later = shop(44)
    told = []
    whole, _ = mine(later, tmp_path / "whole")
    shutil.copytree(tmp_path / "counts", tmp_path / "tried")
    mine(later, tmp_path / "tries", tmp_path / "tried", report=lambda *one: told.append(one))

    for stop in range(0, len(told), 7):
        counts = tmp_path / f"counts{stop}"
        shutil.copytree(tmp_path / "counts", counts)
        heard = iter(range(stop))

        def report(stage, *_, heard=heard):
            if next(heard, None) is None:
                raise Killed(stage)

        with pytest.raises(Killed):
            mine(later, tmp_path / f"run{stop}", counts, report=report)
        # Somebody else mines and keeps counts before the killed one is taken up again.
        other, _ = mine(shop(42), tmp_path / f"other{stop}", counts)

        found, _ = mine(later, tmp_path / f"run{stop}", counts)

        assert_same(found, whole)
        assert dataclasses.asdict(other)["read"] == 42 * 3


def test_longer_phrases_than_were_counted_are_counted_anew(tmp_path):
    mine(shop(), tmp_path / "1", tmp_path / "counts", max_chars=3)

    found, read = mine(shop(42), tmp_path / "2", tmp_path / "counts", max_chars=6, max_words=2)

    assert read == [40, 41]
    assert content(found) == content(mine(shop(42), tmp_path / "whole", max_chars=6, max_words=2)[0])


def test_any_threshold_is_served_by_the_same_counts(tmp_path):
    mine(shop(), tmp_path / "1", tmp_path / "counts", min_count=5)

    found, read = mine(shop(), tmp_path / "2", tmp_path / "counts", min_count=1, min_word_count=1)

    assert read == []
    assert_same(found, mine(shop(), tmp_path / "whole", min_count=1, min_word_count=1)[0])


def test_counts_kept_longest_ago_make_room(tmp_path):
    for number, name in enumerate(("old", "new")):
        folder = tmp_path / name / "zh" / "generation"
        folder.mkdir(parents=True)
        (folder / "order.array").write_bytes(np.zeros(3 << 18, np.uint8).tobytes())
        for one in (tmp_path / name, folder.parent, folder):
            os.utime(one, (1000 + number, 1000 + number))

    assert forget(tmp_path, most_mb=2) == []
    assert forget(tmp_path, most_mb=1) == ["old"]
    assert forget(tmp_path, most_mb=0) == ["new"]
