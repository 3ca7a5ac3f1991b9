"""The stage that finds words and parts of speech in the stream of one language."""

import numpy as np

from mining.phrases.compiled import pieces
from mining.phrases.corpus import Report
from mining.phrases.cutting.dictionary import chinese
from mining.phrases.cutting.tags import UNKNOWN, english_tags, in_context, tag_numbers
from mining.phrases.cutting.words import cut_stream, dictionary_trie
from mining.phrases.encode import Stream
from mining.phrases.ngrams import Level
from mining.phrases.workspace import Workspace


def cut_chinese(stream: Stream, workspace: Workspace, report: Report) -> int:
    tags = tag_numbers("zh")
    dictionary = chinese()
    trie = dictionary_trie(stream.known, tags)
    # Words of Latin letters and digits are no Chinese: they are told by their width.
    width = np.zeros(len(stream.known) + 1, np.int64)
    for begin, finish in pieces(stream.symbol):
        width[stream.symbol[begin:finish]] = stream.end[begin:finish] - stream.start[begin:finish]
    nodes = np.arange(1, len(stream.known) + 1)
    unknown = nodes[trie.tag[nodes] == 0]
    trie.tag[unknown] = np.where(width[unknown] > 1, tags["eng"], UNKNOWN)
    floor = -float(np.log(sum(dictionary.frequencies)))
    found = cut_stream(stream.symbol, trie, workspace, floor=floor, report=report, stage="zh:words")
    workspace.write_text("nodes", str(len(trie.weight)))
    return found


def tag_english(stream: Stream, level: Level, texts: list[str], workspace: Workspace, report: Report) -> int:
    by_symbol = np.full(int(stream.symbol.max(initial=0)) + 1, UNKNOWN, np.uint8)
    by_symbol[0] = 0
    by_symbol[level.left] = english_tags(texts)
    with workspace.appending(tag="u1") as out:
        for begin, finish in pieces(stream.symbol):
            out["tag"].append(in_context(by_symbol[stream.symbol[begin:finish]]))
            report("en:words", finish, len(stream.symbol))
    return int(np.count_nonzero(stream.symbol))
