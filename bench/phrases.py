"""The ablation of AliMe KG, Table 3, on real Chinese reviews and queries and on English product text.

Per variant the number of phrases, and recall of span annotations that the miner never saw. Of each variant
200 random phrases go, pooled and blind, into a judging sheet in `bench/phrases/`, which quotes the data and
is not committed. Judged files put there (`judged-zh-NAME.jsonl`) give precision with intervals, and the
agreement of the judges. A sample that was drawn stays: delete a variant from the key to draw it anew. Last
comes a variant past the paper, taught by what the judges of the others agreed on.

SMALL=1 for a quick look at a part of the documents, which writes no sheet. ENCODER_ZH and ENCODER_EN name
masked language models (hub id or path); without them the variants with MLM are left out with a word. The last
line is one JSON object.
"""

import json
import os
import platform
import resource
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
DATA = Path(os.environ.get("DATA") or HERE.parents[1] / "shared/data")
SHEETS = HERE / "phrases"
VARIANTS: dict[str, dict[str, Any]] = {
    "Unsupervised": {"method": "unsupervised"},
    "RF": {"method": "forest", "segment": False},
    "RF+SEG": {"method": "forest"},
}
WITH_MODEL = {"RF+MLM": "RF", "RF+SEG+MLM": "RF+SEG"}
PAPER = (*VARIANTS, *WITH_MODEL)
# Past the paper: what the judges agreed on about the five, and about the first attempt at this, teaches a
# forest of its own; ranks are features instead of a cut, and so many of the best are kept. Samples are drawn
# from phrases that nobody judged before. In "RF+SEG+MLM+labels" decisions took the place of seeds in the one
# forest there was; its sample stays, as the code of that day drew it.
FIRST_ATTEMPT = "RF+SEG+MLM+labels"
TEACHERS = (*PAPER, FIRST_ATTEMPT)
EXTENSIONS = ("RF+SEG+MLM+decisions", "RF+SEG+decisions")
EXTENDED: dict[str, Any] = {"method": "forest", "mlm_cuts": False, "min_quality": 0.0}
KEPT = {"zh": 5_000, "en": 700}
# A few fresh phrases of these stand on the sheet of the extensions, so that no judge knows whose a phrase is.
CONTROLS, AGAIN = ("Unsupervised", "RF+SEG+MLM"), 50
BEST = {"zh": 4_440, "en": 351}  # what RF+SEG+MLM found in the run that drew the samples
EXAMPLES = 3


def main() -> None:
    if not DATA.is_dir():
        print(f"skipped: there is no folder {DATA}; DATA names the development data", file=sys.stderr)
        print(json.dumps({"bench": "phrases", "skipped": "no data"}))
        return
    small = os.environ.get("SMALL") == "1"
    languages = os.environ.get("LANGUAGES", "zh en").split()
    report = {
        "bench": "phrases", "small": small, "python": platform.python_version(), "cores": os.cpu_count(),
        "languages": {language: run_language(language, every=8 if small else 1, sheet=not small)
                      for language in languages},
        "peak_memory_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }  # fmt: skip
    print(json.dumps(report, ensure_ascii=False))


def run_language(language: str, *, every: int, sheet: bool) -> dict[str, Any]:
    from bench.phrases_input import annotated, lexicon, sentences
    from bench.phrases_judging import draw, found_again, judged, read_labels, write_sheet
    from mining.phrases.lexicons.knowledge import Knowledge, normal_forms

    corpus = sentences(DATA, language, every=every)
    knowledge = Knowledge(lexicon=normal_forms(lexicon(DATA, language)))
    spans = annotated(DATA) if language == "zh" else {}
    found: dict[str, Any] = {"sentences": len(corpus), "characters": sum(len(one.text) for one in corpus)}
    say(f"{language}: {len(corpus):,} sentences, {found['characters']:,} characters")
    drawn, contexts, variants = {}, {}, {}
    accepted, rejected, taught = read_labels(SHEETS, language, TEACHERS)
    with tempfile.TemporaryDirectory() as folder:
        for name, parameters, pruner in chosen(language):
            extended = name in EXTENSIONS
            known = replace(knowledge, accepted=accepted, rejected=rejected) if extended else knowledge
            began = time.monotonic()
            mined = mine(corpus, parameters, known, pruner, Path(folder))
            phrases = {phrase.normalised: phrase for phrase in mined}
            seconds = round(time.monotonic() - began, 1)
            variants[name] = {"phrases": len(phrases), "seconds": seconds, "recall": {
                kind: recall(phrases.keys(), spans_of, corpus) for kind, spans_of in spans.items()
            }}  # fmt: skip
            if extended:
                variants[name] |= {"accepted": len(accepted), "rejected": len(rejected),
                                   "judged before": len(phrases.keys() & taught)}  # fmt: skip
            variants[name]["drawn found again"] = found_again(SHEETS, language, name, phrases.keys())
            say(f"{language} {name}: {variants[name]}")
            lot = "decisions" if extended else name
            samples = {name: draw(phrases, lot=lot, without=taught if extended else ())}
            if name in CONTROLS:
                again = f"{name}, again"
                samples[again] = draw(phrases, lot=again, without=taught, size=AGAIN)
            if extended:  # of the same sample, what is among as many as RF+SEG+MLM has
                best = set(list(phrases)[: BEST[language]])
                samples[f"{name}, best {BEST[language]:,}"] = [one for one in samples[name] if one in best]
            drawn |= samples
            contexts |= {one: shown(phrases[one], corpus) for sample in samples.values() for one in sample}
    found["variants"] = variants
    if sheet:
        SHEETS.mkdir(exist_ok=True)
        found["sheet"] = write_sheet(SHEETS, language, drawn, contexts)
        found["judged"] = judged(SHEETS, language)
    return found


def chosen(language: str) -> list[tuple[str, dict[str, Any], Any]]:
    todo = [(name, parameters, None) for name, parameters in VARIANTS.items()]
    pruner = load_pruner(language)
    if pruner is None:
        say(f"{language}: {', '.join([*WITH_MODEL, EXTENSIONS[0]])} are left out, for ENCODER names no model")
    else:
        todo += [(name, VARIANTS[base], pruner) for name, base in WITH_MODEL.items()]
        todo.append((EXTENSIONS[0], EXTENDED | {"max_phrases": KEPT[language]}, pruner))
    return [*todo, (EXTENSIONS[1], EXTENDED | {"max_phrases": KEPT[language]}, None)]


def load_pruner(language: str) -> Any:
    """The pruner of the encoder that ENCODER (or ENCODER_ZH, ENCODER_EN) names; None where none is named."""
    name = os.environ.get(f"ENCODER_{language.upper()}") or os.environ.get("ENCODER")
    if not name:
        return None
    from mining.encoders.load import load_encoder
    from mining.encoders.pruner import MaskedPruner

    top_n, way = int(os.environ.get("TOP_N") or 100), os.environ.get("WAY") or "alone"
    return MaskedPruner(lambda: load_encoder(name), identity=name, top_n=top_n, way=way)


def mine(corpus: list[Any], parameters: dict[str, Any], knowledge: Any, pruner: Any, folder: Path) -> Any:
    from mining.phrases.mine import mine_phrases
    from mining.phrases.parameters import Parameters

    return mine_phrases(
        lambda: iter(corpus), parameters=Parameters(**parameters, examples=EXAMPLES), work_dir=folder,
        report=lambda stage, done, total: None, knowledge=knowledge, pruner=pruner,
    )  # fmt: skip


def recall(found: Any, spans: set[str], corpus: list[Any]) -> dict[str, Any]:
    """Of the distinct spans that occur at least three times in the corpus."""
    frequent = frequent_spans(spans, corpus)
    hit = len(frequent & set(found))
    return {"spans": len(frequent), "found": hit, "recall": round(hit / max(len(frequent), 1), 4)}


_COUNTED: dict[frozenset[str], set[str]] = {}


def frequent_spans(spans: set[str], corpus: list[Any]) -> set[str]:
    key = frozenset(spans)
    if key not in _COUNTED:
        from mining.sentences.normal_form import normal_form

        text = "\n".join(dict.fromkeys(normal_form(one.text) for one in corpus))
        _COUNTED[key] = {span for span in spans if text.count(span) >= 3}
    return _COUNTED[key]


def shown(phrase: Any, corpus: list[Any]) -> list[dict[str, Any]]:
    """Sentences with the phrase's place in them."""
    return [
        {"text": corpus[place.sentence_id].text, "start": place.start, "end": place.end}
        for place in phrase.occurrences
    ]


def say(line: str) -> None:
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
