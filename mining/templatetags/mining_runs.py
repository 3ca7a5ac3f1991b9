"""Words for what runs report: stages, rules, rates."""

from django import template
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from mining.log_lines import in_page_language

register = template.Library()
register.filter("log_words", in_page_language)

METHODS = {"forest": gettext_lazy("Learning"), "unsupervised": gettext_lazy("Count only")}
STAGES = {
    "read": gettext_lazy("Reading sentences"),
    "tokens": gettext_lazy("Learning the tokens"),
    "train": gettext_lazy("Training on sentences"),
    "keep": gettext_lazy("Keeping the encoder"),
    "encode": gettext_lazy("numbering the symbols"),
    "sort": gettext_lazy("sorting what follows each symbol"),
    "keep_counts": gettext_lazy("keeping the counts for the next run"),
    "cohesion": gettext_lazy("measuring cohesion"),
    "freedom": gettext_lazy("measuring freedom"),
    "boundaries": gettext_lazy("checking word boundaries"),
    "select": gettext_lazy("scoring"),
    "words": gettext_lazy("cutting into words"),
    "candidates": gettext_lazy("choosing candidates"),
    "measure": gettext_lazy("measuring candidates"),
    "quality": gettext_lazy("judging by the forest"),
    "segment": gettext_lazy("phrasal segmentation"),
    "rectify": gettext_lazy("judging again"),
    "decisions": gettext_lazy("learning from decisions"),
    "mlm": gettext_lazy("asking the encoder"),
    "record": gettext_lazy("recording"),
    "describe": gettext_lazy("choosing examples"),
    "store": gettext_lazy("Storing candidates"),
    "images": gettext_lazy("Opening the images"),
    "Freezing labels": gettext_lazy("Freezing labels"),
    "Training": gettext_lazy("Training"),
    "Measuring": gettext_lazy("Measuring"),
    "Scoring": gettext_lazy("Scoring"),
    "Choosing what to ask": gettext_lazy("Choosing what to ask"),
}
LANGUAGES = {"zh": gettext_lazy("Chinese"), "en": gettext_lazy("English")}
RULES = {
    "min_count": gettext_lazy("occurs too seldom"),
    "min_pmi": gettext_lazy("its parts do not hold together"),
    "min_entropy": gettext_lazy("always in the same surroundings"),
    "min_boundary_share": gettext_lazy("not at word boundaries"),
    "min_score": gettext_lazy("score too low"),
    "min_quality": gettext_lazy("quality too low"),
    "incomplete": gettext_lazy("a fragment: the encoder does not guess its edges"),
    "max_surface": gettext_lazy("too long"),
    "max_phrases": gettext_lazy("beyond the number asked for"),
    "absorbed": gettext_lazy("part of a longer phrase"),
    "same_normal_form": gettext_lazy("another spelling of the same phrase"),
    "near_duplicate": gettext_lazy("nearly the same phrase as a better one"),
    "min_word_count": gettext_lazy("a single word that occurs too seldom"),
    "too_general": gettext_lazy("says nothing by itself"),
    "digits_or_units": gettext_lazy("numbers and units"),
    "trailing_number": gettext_lazy("ends with a number"),
    "repeated": gettext_lazy("a repeated symbol"),
    "no_han": gettext_lazy("without a Chinese character"),
    "glued_words": gettext_lazy("words that lost their space"),
    "clause": gettext_lazy("a whole clause"),
    "too_short": gettext_lazy("too short"),
    "function_word": gettext_lazy("a function word"),
    "not_segmented": gettext_lazy("hardly ever a unit of its own once sentences are cut"),
    "stop_word_edge": gettext_lazy("begins or ends with a stop word"),
}
FEATURES = {
    "size": gettext_lazy("Length in symbols"),
    "document_count": gettext_lazy("Documents"),
    "raw_count": gettext_lazy("Stands alone"),
    "pmi": gettext_lazy("Cohesion"),
    "left_entropy": gettext_lazy("Freedom on the left"),
    "right_entropy": gettext_lazy("Freedom on the right"),
    "boundary_share": gettext_lazy("At word boundaries"),
    "inner_share": gettext_lazy("Word boundaries inside"),
    "held": gettext_lazy("Inside longer phrases"),
    "idf_mean": gettext_lazy("Rarity of its parts"),
    "idf_min": gettext_lazy("Rarity of its commonest part"),
    "idf_max": gettext_lazy("Rarity of its rarest part"),
    "idf_first": gettext_lazy("Rarity of its first part"),
    "idf_last": gettext_lazy("Rarity of its last part"),
    "rectified": gettext_lazy("Occurrences after segmentation"),
    "first_quality": gettext_lazy("Quality before segmentation"),
    "seed_quality": gettext_lazy("Quality as dictionaries have it"),
    "favoured": gettext_lazy("Quality, the frequent favoured"),
    "first_rank": gettext_lazy("Guesses before its first token"),
    "last_rank": gettext_lazy("Guesses before its last token"),
    "seed": gettext_lazy("Seed"),
    "decided": gettext_lazy("Decided by people"),
}
# What the first or last word of a phrase is, in the order of mining.phrases.cutting.tags.GROUPS.
EDGES = {
    "noun": gettext_lazy("a noun"),
    "verb": gettext_lazy("a verb"),
    "modifier": gettext_lazy("a modifier"),
    "number": gettext_lazy("a number"),
    "function": gettext_lazy("a function word"),
    "other": gettext_lazy("anything else"),
}
COUNTS = {
    "read": gettext_lazy("rows read"),
    "added": gettext_lazy("added"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "errors": gettext_lazy("rows that could not be used"),
    "duplicates": gettext_lazy("duplicates of others"),
    "sentences": gettext_lazy("sentences"),
    "phrases": gettext_lazy("phrases found"),
    "texts": gettext_lazy("different sentences"),
    "vocabulary": gettext_lazy("different tokens"),
    "steps": gettext_lazy("steps of training"),
    "encoder_version": gettext_lazy("version of the encoder"),
    "candidates": gettext_lazy("candidates proposed"),
    "new_candidates": gettext_lazy("of them new"),
    "training_labels": gettext_lazy("labels to learn from"),
    "evaluation_labels": gettext_lazy("labels to measure with"),
    "model_version": gettext_lazy("model version"),
    "tasks_scored": gettext_lazy("tasks scored"),
    "asked_next": gettext_lazy("tasks put first"),
}


@register.filter
def stage_words(name: str) -> str:
    """ "zh:count:2" is "Chinese: counting phrases of 2 characters"."""
    first, _colon, rest = name.partition(":")
    if first == "import":
        return _("Importing %(file)s") % {"file": rest}
    if first in LANGUAGES and rest:
        return f"{LANGUAGES[first]}: {_of_language(first, rest)}"
    return str(STAGES.get(name, name))


def _of_language(language: str, name: str) -> str:
    stage, _colon, size = name.partition(":")
    if stage == "count" and size:
        words = (
            _("counting phrases of %(size)s characters")
            if language == "zh"
            else _("counting phrases of %(size)s words")
        )
        return words % {"size": size}
    if stage == "count":
        return _("counting phrases of each length")
    return str(STAGES.get(stage, stage))


@register.filter
def language_words(code: str) -> str:
    return str(LANGUAGES.get(code, code))


@register.filter
def method_words(name: str | None) -> str:
    """A mining method in a word, for lists of runs."""
    return str(METHODS.get(name or "", name or ""))


@register.filter
def rule_words(name: str) -> str:
    return str(RULES.get(name, name.replace("_", " ")))


@register.filter
def feature_words(name: str) -> str:
    side, _line, edge = name.partition("_")
    if edge in EDGES and side in ("first", "last"):
        words = _("Begins with %(what)s") if side == "first" else _("Ends with %(what)s")
        return words % {"what": EDGES[edge]}
    return str(FEATURES.get(name, name.replace("_", " ")))


# What a threshold is compared with, where it is no feature of the table.
MEASURES = {
    "count": gettext_lazy("occurrences"),
    "quality": gettext_lazy("quality"),
    "score": gettext_lazy("score"),
    "pmi": gettext_lazy("cohesion"),
    "poorer_entropy": gettext_lazy("freedom on the poorer side"),
    "boundary_share": gettext_lazy("at word boundaries"),
    "rectified": gettext_lazy("occurrences after segmentation"),
    "surface": gettext_lazy("length in characters"),
}


@register.filter
def deciding_words(one) -> str:
    """A mining.deciding.Deciding in words: “quality 0.31, needed 0.50”."""
    words = (
        _("%(what)s %(value)s, needed %(needed)s")
        if one.is_least
        else _("%(what)s %(value)s, allowed %(needed)s")
    )
    value, needed = _figure(one.value, one.needed), _figure(one.needed, one.value)
    return words % {"what": MEASURES[one.name], "value": value, "needed": needed}


def _figure(value: float, beside: float) -> str:
    """Whole numbers as they are, others so that a threshold just missed does not look as if it was met."""
    if value == int(value) and beside == int(beside):
        return f"{value:,.0f}"
    return f"{value:.2f}" if round(value, 2) != round(beside, 2) else f"{value:.4f}"


@register.filter
def count_words(name: str) -> str:
    return str(COUNTS.get(name, name.replace("_", " ")))


@register.filter
def percent(share: float | None) -> str:
    """For the width of a bar."""
    return f"{100 * (share or 0):.1f}%"
