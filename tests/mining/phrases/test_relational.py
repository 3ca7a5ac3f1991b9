"""One plan, three engines: DuckDB and Spark say what numpy says."""

import importlib.util
import shutil
import warnings

import numpy as np
import pytest

from mining.phrases.corpus import Corpus, read_corpus
from mining.phrases.parameters import Parameters, SentenceText
from mining.phrases.stages import LanguageStages
from mining.phrases.statistics import freedom, pmi
from mining.phrases.workspace import Workspace

if importlib.util.find_spec("ibis") is None:
    pytest.skip("Ibis is not installed: pip install -r requirements-spark.txt", allow_module_level=True)

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import ibis

    from mining.phrases import relational

pytestmark = pytest.mark.filterwarnings("ignore")
GOODS = ["面霜", "洗发水", "连衣裙", "电饭煲"]
TEXTS = [
    f"{GOODS[n % 4]}，第{n % 7}次买{GOODS[n * 3 % 4]}很保湿，"
    f"{'保湿面霜' * (n % 2)}BB霜，{GOODS[n * 5 % 4]}{n}"
    for n in range(60)
]
LONGEST, LEAST = 4, 3


@pytest.fixture
def stages(tmp_path):
    def counted(texts, name="all", first=0):
        read = [SentenceText(n, n // 2 + first, "zh", None, text) for n, text in enumerate(texts)]
        read_corpus(read, tmp_path / name, lambda *told: None)
        parameters = Parameters(max_chars=LONGEST, min_count=LEAST)
        found = LanguageStages("zh", parameters, Workspace(tmp_path / name / "zh"), lambda *told: None)
        found.encode()
        found.sort()
        for size in range(1, LONGEST + 1):
            found.count(size)
        return found

    return counted


def rows_of(stages):
    return relational.symbol_table(stages.stream, np.asarray(stages.corpus.id // 2))


def by_numpy(stages):
    """(size, gram) -> count, documents, raw, left and right entropy, PMI, from the miner's own stages."""
    found = {}
    free = np.zeros(int(stages.stream.symbol.max()) + 1, bool)
    free[0] = True
    total = int(np.count_nonzero(stages.stream.symbol))
    documents = Corpus(stages.workspace).document
    for level in stages.levels:
        group_of = np.arange(len(level))
        left, right, in_documents, raw = freedom(
            level, group_of, level.count, stages.stream, free, documents, 64
        )
        together = pmi(stages.levels, level.size, total)
        names = relational.gram_names(stages.levels, level.size, stages.stream)
        for row, name in enumerate(names):
            found[level.size, name] = (int(level.count[row]), int(in_documents[row]), int(raw[row]),
                                       left[row], right[row], together[row])  # fmt: skip
    return found


def by_plan(table):
    names = ("count", "document_count", "raw_count", "left_entropy", "right_entropy", "pmi")
    return {
        (row["size"], row["gram"]): tuple(np.nan if row[name] is None else row[name] for name in names)
        for row in table.to_pylist()
    }


def assert_alike(found, expected):
    assert found.keys() == expected.keys() and len(expected) > 50
    for key, values in expected.items():
        assert found[key][:3] == values[:3], key
        assert found[key][3:] == pytest.approx(values[3:], abs=1e-9, nan_ok=True), key


def test_duckdb_says_what_numpy_says(stages):
    corpus = stages(TEXTS)
    symbols = ibis.duckdb.connect().create_table("symbols", rows_of(corpus))

    plan = relational.statistics(symbols, longest=LONGEST, min_count=LEAST)

    assert_alike(by_plan(plan.to_pyarrow()), by_numpy(corpus))


def test_a_new_batch_is_added_without_counting_the_others_again(stages):
    database = ibis.duckdb.connect()
    batches = [stages(TEXTS[:40], "old"), stages(TEXTS[40:], "new", first=1000)]
    tables = [database.create_table(f"batch{n}", rows_of(batch)) for n, batch in enumerate(batches)]
    kept = database.create_table(
        "counts", relational.counted(relational.occurrences(tables[0], LONGEST)).to_pyarrow()
    )

    together = relational.added(kept, relational.counted(relational.occurrences(tables[1], LONGEST)))

    whole = database.create_table("whole", rows_of(stages(TEXTS, "whole")))
    at_once = relational.counted(relational.occurrences(whole, LONGEST))
    assert sorted(map(str, together.to_pyarrow().to_pylist())) == sorted(
        map(str, at_once.select(*together.columns).to_pyarrow().to_pylist())
    )


@pytest.mark.slow
def test_spark_says_what_numpy_says(stages, tmp_path, monkeypatch):
    if importlib.util.find_spec("pyspark") is None:
        pytest.skip("Spark is not installed: pip install -r requirements-spark.txt")
    if shutil.which("java") is None:
        pytest.skip("Spark needs Java, which is not here")
    from pyspark.sql import SparkSession

    monkeypatch.setenv("SPARK_LOCAL_IP", "127.0.0.1")
    session = (
        SparkSession.builder.master("local[1]")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "2")
        .config("spark.sql.warehouse.dir", str(tmp_path / "warehouse"))
        .getOrCreate()
    )
    try:
        corpus = stages(TEXTS)
        file = tmp_path / "symbols.parquet"
        import pyarrow.parquet

        pyarrow.parquet.write_table(rows_of(corpus), file)
        symbols = ibis.pyspark.connect(session).read_parquet(file)

        plan = relational.statistics(symbols, longest=LONGEST, min_count=LEAST)

        assert_alike(by_plan(plan.to_pyarrow()), by_numpy(corpus))
    finally:
        session.stop()
