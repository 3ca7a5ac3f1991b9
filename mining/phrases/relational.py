"""The counting stage as a relational plan, one definition for any engine that Ibis speaks to: DuckDB on this
machine, Spark where the corpus outgrows it.

The plan reads one row per symbol, `document`, `run` (a stretch of text between two breaks), `place` (order
within the corpus) and `symbol`, and says of every frequent n-gram what the stages `count`, `cohesion` and
`freedom` say. Counts of batches of documents add up (`added`), so a day's documents need not be counted
again with all others. Ibis is an optional requirement: requirements-spark.txt.
"""

from typing import Any

import ibis
import numpy as np
import pyarrow as pa

from mining.phrases.encode import Stream
from mining.phrases.ngrams import Level, spelled

GLUE = " "  # between the symbols of an n-gram, which hold no white space


def symbol_table(stream: Stream, documents: Any) -> pa.Table:
    """The encoded corpus as rows of the plan; a symbol is written as the number its hash is."""
    slots = np.flatnonzero(stream.symbol)
    return pa.table({
        "document": documents[stream.sentences_at(slots)],
        "run": np.cumsum(stream.symbol == 0)[slots],
        "place": slots,
        "symbol": names(stream)[stream.symbol[slots] - 1],
    })  # fmt: skip


def names(stream: Stream) -> Any:
    """How the plan writes each symbol number, from 1: str array."""
    return stream.known.astype("U20")


def gram_names(levels: list[Level], size: int, stream: Stream) -> list[str]:
    """How the plan writes each n-gram of a level."""
    numbers = levels[0].left[spelled(levels, size)]
    return [GLUE.join(row) for row in names(stream)[numbers - 1].tolist()]


def occurrences(symbols: Any, longest: int) -> Any:
    """One row per n-gram and place: size, gram, head and tail (all but the last and the first symbol), left
    and right neighbour (null for a break), document.
    """
    window = ibis.window(group_by="run", order_by="place")
    ahead = {f"s{step}": symbols.symbol.lead(step).over(window) for step in range(1, longest + 1)}
    rows = symbols.mutate(left=symbols.symbol.lag(1).over(window), s0=symbols.symbol, **ahead)
    found = []
    for size in range(1, longest + 1):
        whole = rows.filter(rows[f"s{size - 1}"].notnull())
        gram = whole.s0
        for step in range(1, size):
            gram = gram + GLUE + whole[f"s{step}"]
        found.append(
            whole.select(
                "document", "left", size=ibis.literal(size, "int64"), gram=gram, right=whole[f"s{size}"]
            )
        )
    return ibis.union(*found) if len(found) > 1 else found[0]


def counted(found: Any) -> Any:
    """Of every n-gram: occurrences, documents, and occurrences between two breaks."""
    alone = (found.left.isnull() & found.right.isnull()).cast("int64")
    grouped = found.mutate(alone=alone).group_by("size", "gram")
    return grouped.agg(
        count=lambda one: one.count(),
        document_count=lambda one: one.document.nunique(),
        raw_count=lambda one: one.alone.sum(),
    )


def added(*counts: Any) -> Any:
    """Counts of batches that share no document and no sentence, as if they had been counted together."""
    together = ibis.union(*counts) if len(counts) > 1 else counts[0]
    names = ("count", "document_count", "raw_count")
    return together.group_by("size", "gram").agg(
        **{name: together[name].sum().cast("int64") for name in names}
    )


def entropies(found: Any, frequent: Any) -> Any:
    """Left and right entropy in nats of each frequent n-gram; a break is a neighbour of its own each time."""
    result = frequent
    for side in ("left", "right"):
        known = found.filter(found[side].notnull())
        pairs = known.group_by("size", "gram", side).agg(n=lambda one: one.count().cast("float64"))
        spent = pairs.group_by("size", "gram").agg(spent=(pairs.n * pairs.n.ln()).sum())
        joined = result.left_join(spent, ["size", "gram"])
        count = joined["count"].cast("float64")
        value = count.ln() - joined.spent.fill_null(0.0) / count
        result = joined.mutate(**{f"{side}_entropy": value}).select(*result.columns, f"{side}_entropy")
    return result


def cohesion(frequent: Any, total: float, longest: int) -> Any:
    """PMI in nats of the weakest binary split of each n-gram of two symbols and more."""
    parts = frequent.select(part=frequent.gram, n=frequent["count"].cast("float64"))
    splits = []
    for size in range(2, longest + 1):
        rows = frequent.filter(frequent.size == size)
        pieces = rows.gram.split(GLUE)
        for cut in range(1, size):
            head = ibis.literal(GLUE).join([pieces[at] for at in range(cut)])
            tail = ibis.literal(GLUE).join([pieces[at] for at in range(cut, size)])
            splits.append(rows.select("size", "gram", "count", head=head, tail=tail))
    every = ibis.union(*splits) if len(splits) > 1 else splits[0]
    first, second = parts.rename(head="part", of_head="n"), parts.rename(tail="part", of_tail="n")
    joined = every.join(first, "head").join(second, "tail")
    value = (joined["count"].cast("float64") * total / (joined.of_head * joined.of_tail)).ln()
    return joined.mutate(value=value).group_by("size", "gram").agg(pmi=lambda one: one.value.min())


def statistics(symbols: Any, *, longest: int, min_count: int, counts: Any = None) -> Any:
    """The whole plan: size, gram, count, document_count, raw_count, left_entropy, right_entropy and pmi (null
    for a single symbol) of every n-gram that occurs often enough. counts: those of all batches added up.
    """
    found = occurrences(symbols, longest)
    counts = counted(found) if counts is None else counts
    frequent = counts.filter(counts["count"] >= min_count)
    measured = entropies(found, frequent)
    if longest < 2:
        return measured.mutate(pmi=ibis.null("float64"))
    singles = counts.filter(counts.size == 1)
    total = singles["count"].sum().cast("float64").as_scalar()
    together = cohesion(frequent, total, longest)
    joined = measured.left_join(together, ["size", "gram"])
    return joined.select(*measured.columns, "pmi")
