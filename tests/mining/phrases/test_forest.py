"""The supervised method on a small made-up shop: what is learnt, recorded, resumed and pruned."""

import pytest

from mining.phrases.lexicons.knowledge import Knowledge
from mining.phrases.mine import mine_phrases
from mining.phrases.parameters import Parameters, SentenceText
from mining.phrases.pruning import Ranks

GOODS = ["面霜", "洗发水", "连衣裙", "电饭煲", "羽绒服", "吹风机", "保温杯", "帆布鞋", "沐浴露", "显示器"]
TRAITS = ["保湿", "透气", "亲肤", "防水", "轻便", "柔软", "耐用", "清香", "美观", "实惠"]
SHOP = [
    SentenceText(10 * n + k, n, "zh", None, text)
    for n in range(60)
    for k, text in enumerate([
        f"{GOODS[n % 10]}，{TRAITS[n % 7]}，效果很{'好棒强'[n % 3]}",
        f"第{n}次买了{GOODS[(n * 3) % 10]}，真的很{TRAITS[(n * 7) % 10]}",
        f"{TRAITS[(n * 3) % 10]}效果，给{'妈爸爷奶'[n % 4]}用的{GOODS[(n * 7) % 10]}保湿效果不错",
    ])
]  # fmt: skip
FAST = {"method": "forest", "trees": 20, "draw": 20, "vector_size": 8, "min_quality": 0.5}


@pytest.fixture(autouse=True)
def few_seeds(monkeypatch):
    """The shop is small: its handful of seeds has to be enough."""
    monkeypatch.setattr("mining.phrases.forest_stages.FEWEST_SEEDS", 1)


def mine(folder, report=lambda *told: None, *, knowledge=None, pruner=None, sentences=SHOP, **parameters):
    return mine_phrases(
        lambda: iter(sentences), parameters=Parameters(**(FAST | parameters)), work_dir=folder, report=report,
        knowledge=knowledge, pruner=pruner,
    )  # fmt: skip


def test_seeds_are_found_without_labour_and_phrases_come_out(tmp_path):
    mined = mine(tmp_path)

    facts = mined.stages["zh"]
    assert facts["quality"]["seeds"] > 5
    assert {"面霜", "连衣裙"} <= {phrase.text for phrase in mined}
    assert all(phrase.score >= 0.5 for phrase in mined)


def test_with_too_few_seeds_what_holds_together_and_stands_freely_counts_too(tmp_path, monkeypatch):
    learnt = mine(tmp_path / "learnt", segment=False)
    counted = mine(tmp_path / "counted", method="unsupervised")
    monkeypatch.setattr("mining.phrases.forest_stages.FEWEST_SEEDS", 30)

    both = mine(tmp_path / "both", segment=False)

    texts = {phrase.text for phrase in both}
    # The unsupervised method also drops what longer phrases hold, and so does this one.
    assert texts > {phrase.text for phrase in learnt}
    assert {phrase.text for phrase in counted} - texts == set()


def test_each_candidate_has_its_fate(tmp_path):
    mined = mine(tmp_path)

    fates = list(mined.fates())
    kept = [fate for fate in fates if not fate.stage]
    assert [fate.text for fate in kept] == [phrase.normalised for phrase in mined]
    assert len(fates) == mined.stages["zh"]["candidates"]["candidates"]
    dropped = {}
    for fate in fates:
        if fate.stage:
            dropped.setdefault(fate.stage, {}).setdefault(fate.rule, []).append(fate)
    for stage, rules in mined.dropped["zh"].items():
        if not stage.startswith("count"):
            counts = {rule: len(found) for rule, found in dropped.get(stage, {}).items()}
            assert counts == {rule: number for rule, number in rules.items() if number}
    late = dropped["rectify"]["min_quality"][0]
    assert late.quality < 0.5 and {"pmi", "rectified", "first_quality"} <= set(late.features)


def test_two_runs_are_equal_and_the_seed_matters(tmp_path):
    once, again = mine(tmp_path / "a"), mine(tmp_path / "b", memory_mb=16)
    other = mine(tmp_path / "c", seed=2)

    assert list(once) == list(again) and list(once.fates()) == list(again.fates())
    first, second = ([fate.features.get("first_quality") for fate in one.fates()] for one in (once, other))
    assert first != second


@pytest.mark.parametrize("part", ["segment", "compose_seeds", "part_of_speech", "vector_size"])
def test_each_part_can_be_left_out(tmp_path, part):
    without = mine(tmp_path / "without", **{part: 0 if part == "vector_size" else False})

    assert len(without) > 5
    assert ("rectify" in without.stages["zh"]) == (part != "segment")


def test_what_people_decided_teaches_the_next_run(tmp_path):
    accepted = Knowledge(accepted=frozenset(["保湿效果"]), rejected=frozenset(["显示器", "电饭煲"]))

    before, after = mine(tmp_path / "before"), mine(tmp_path / "after", knowledge=accepted)

    def quality(mined, text):
        return next(fate.quality for fate in mined.fates() if fate.text == text)

    assert after.stages["zh"]["quality"]["accepted"] == 1
    assert after.stages["zh"]["quality"]["rejected"] == 2
    assert quality(after, "显示器") < quality(before, "显示器")


def test_enough_decisions_teach_a_forest_of_their_own_that_knows_what_seeds_said(tmp_path, monkeypatch):
    monkeypatch.setattr("mining.phrases.quality.decisions.ENOUGH", 6)
    monkeypatch.setattr("mining.phrases.forest_stages.ENOUGH", 6)
    people = Knowledge(accepted=frozenset(GOODS[:6]), rejected=frozenset(TRAITS[:6]))

    plain = mine(tmp_path / "plain", min_quality=0.0)
    taught = mine(tmp_path / "taught", min_quality=0.0, knowledge=people)
    again = mine(tmp_path / "again", min_quality=0.0, knowledge=people)

    assert "decisions" not in plain.stages["zh"]
    assert taught.stages["zh"]["decisions"]["taught by"] == 12
    assert taught.stages["en"]["decisions"]["taught by"] == 0
    fates = {fate.text: fate for fate in taught.fates() if not fate.stage}
    assert fates["保温杯"].quality > fates["清香"].quality
    # The seeds' forest spoke first, and nobody's decision was among its examples.
    assert {"seed_quality", "first_quality"} <= set(fates["保温杯"].features)
    assert list(taught) == list(again)


def test_decisions_say_who_is_on_the_list_and_seeds_how_long_it_is(tmp_path, monkeypatch):
    monkeypatch.setattr("mining.phrases.quality.decisions.ENOUGH", 6)
    monkeypatch.setattr("mining.phrases.forest_stages.ENOUGH", 6)
    people = Knowledge(accepted=frozenset(GOODS[:6]), rejected=frozenset(TRAITS[:6]))

    mined = mine(tmp_path, min_quality=0.6, knowledge=people)

    by_seeds = [fate for fate in mined.fates() if fate.features.get("seed_quality", 0) >= 0.6]
    stages = mined.stages["zh"]
    assert 0 < stages["decisions"]["kept"] == len(by_seeds) < stages["rectify"]["kept"]


def test_too_few_decisions_for_a_forest_of_their_own_take_part_in_that_of_the_seeds(tmp_path, monkeypatch):
    monkeypatch.setattr("mining.phrases.forest_stages.ENOUGH", 1)
    people = Knowledge(accepted=frozenset(GOODS[:6]), rejected=frozenset(TRAITS[:6]))

    mined = mine(tmp_path, knowledge=people)

    assert mined.stages["zh"]["decisions"]["taught by"] == 0
    assert all(phrase.score >= 0.5 for phrase in mined)
    assert not any("seed_quality" in fate.features for fate in mined.fates())


class FirstCharacter:
    """Keeps what begins with one of these characters."""

    name = "first character"

    def __init__(self, kept, fail_after=None):
        self.kept, self.asked, self.fail_after = kept, [], fail_after

    def __call__(self, phrases):
        if self.fail_after is not None and len(self.asked) >= self.fail_after:
            raise KeyboardInterrupt
        self.asked += phrases
        return [Ranks(0, None, phrase.text[0] in self.kept) for phrase in phrases]


def test_a_pruner_sees_phrases_in_sentences_and_its_word_counts(tmp_path):
    pruner = FirstCharacter("面保")

    mined = mine(tmp_path, pruner=pruner, mlm_contexts=2)

    assert {phrase.text[0] for phrase in mined} == {"面", "保"}
    for phrase in pruner.asked:
        assert 1 <= len(phrase.contexts) <= 2
        assert all(one.text[one.start : one.end] == phrase.text for one in phrase.contexts)
    fates = {fate.text: fate for fate in mined.fates()}
    assert fates["面霜"].features["first_rank"] == 0 and "last_rank" not in fates["面霜"].features
    assert fates["连衣裙"].stage == "mlm" and fates["连衣裙"].rule == "incomplete"


@pytest.mark.parametrize("segment", [True, False])
def test_as_evidence_ranks_cut_nothing_and_the_forest_has_its_last_word_with_them(tmp_path, segment):
    pruner = FirstCharacter("面")
    plain = mine(tmp_path / "plain", segment=segment, min_quality=0.0)

    mined = mine(tmp_path / "evidence", pruner=pruner, mlm_cuts=False, segment=segment, min_quality=0.0)

    assert list(mined.stages["zh"])[-5:] == ["mlm", "rectify", "select", "describe", "record"]
    assert {phrase.text for phrase in mined} == {phrase.text for phrase in plain}
    fates = {fate.text: fate for fate in mined.fates()}
    assert not any(fate.rule == "incomplete" for fate in fates.values())
    assert {"first_rank", "first_quality"} <= set(fates["连衣裙"].features)


def test_ranks_as_features_teach_the_forest_what_people_and_the_model_agree_on(tmp_path):
    class KnowsGoods(FirstCharacter):
        def __call__(self, phrases):
            return [Ranks(*((0, 0) if one.text in GOODS else (900, 900)), True) for one in phrases]

    people = Knowledge(accepted=frozenset(GOODS[:6]), rejected=frozenset(TRAITS[:6]))
    told = {"mlm_cuts": False, "min_quality": 0.0, "knowledge": people}

    blind, seeing = (
        {phrase.text: phrase.score for phrase in mine(tmp_path / name, pruner=pruner, **told)}
        for name, pruner in (("blind", FirstCharacter("")), ("seeing", KnowsGoods("")))
    )

    def apart(scores):
        goods, traits = ([scores[word] for word in words[6:] if word in scores] for words in (GOODS, TRAITS))
        return sum(goods) / len(goods) - sum(traits) / len(traits)

    assert apart(seeing) > apart(blind)


def test_pruning_goes_on_after_the_last_batch(tmp_path, monkeypatch):
    monkeypatch.setattr("mining.phrases.pruning.BATCH", 5)
    whole = mine(tmp_path / "whole", pruner=FirstCharacter("面保连"))

    interrupted, resumed = FirstCharacter("面保连", fail_after=10), FirstCharacter("面保连")
    with pytest.raises(KeyboardInterrupt):
        mine(tmp_path / "again", pruner=interrupted)
    result = mine(tmp_path / "again", pruner=resumed)

    assert list(result) == list(whole)
    assert len(interrupted.asked) == 10
    assert not {phrase.text for phrase in interrupted.asked} & {phrase.text for phrase in resumed.asked}


BAD = {
    "empty": [],
    "one document": ["抗静电面料亲肤透气，抗静电面料亲肤透气，抗静电面料亲肤透气。"],
    "repeated": ["很好吃的苹果"] * 1000,
    "emoji": ["😍😍😍👍🏽 😍😍😍"] * 20,
    "html": [f"<div class='x{n}'><p>&nbsp;</p></div> http://example.com/a/b?c={n}" for n in range(20)],
    "control": [f"\x00\x01\x02{n}\x1b[0m\x7f\u200b\u202e\ud800" for n in range(20)],
    "mixed": ["и тут wool 面料 テスト 테스트 \u0627\u0644"] * 3,
    "blank": ["", " ", "\n"],
}


@pytest.mark.parametrize("kind", BAD)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_bad_input_gives_a_clear_result(tmp_path, kind, language):
    texts = [SentenceText(n, 0, language, None, text) for n, text in enumerate(BAD[kind])]

    mined = mine(tmp_path, sentences=texts)

    assert mined.read == len(texts)
    assert {phrase.text for phrase in mined} <= {"抗静电", "面料", "亲肤", "透气", "抗静电面料"}


@pytest.mark.slow
def test_one_line_of_ten_megabytes(tmp_path):
    goods = "".join(f"{GOODS[n % 10]}{TRAITS[n * 7 % 9]}{n}" for n in range(600_000))
    giant = SentenceText(0, 0, "zh", None, goods)

    mined = mine(tmp_path, sentences=[giant], min_count=1000)

    assert len(goods) > 5_000_000
    assert mined.stages["zh"]["candidates"]["kept"] > 0
