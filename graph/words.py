"""What the rows of this room call things, for `in_words`: trail, references, the shipped ontology."""

from django.utils.translation import gettext, gettext_noop

# What a change or a reference is about.
ENTITIES = (
    gettext_noop("triple"),
    gettext_noop("concept"),
    gettext_noop("release"),
    gettext_noop("ontology"),
    gettext_noop("run"),
    gettext_noop("campaign"),
    gettext_noop("user"),
    gettext_noop("invitation"),
    gettext_noop("token"),
    gettext_noop("task"),
    gettext_noop("verdict"),
    gettext_noop("sentence"),
    gettext_noop("document"),
    gettext_noop("model_version"),
    gettext_noop("relation_candidate"),
    gettext_noop("image_candidate"),
)
# How a verdict was formed.
METHODS = (
    gettext_noop("majority"),
    gettext_noop("curator"),
    gettext_noop("dawid_skene"),
    gettext_noop("one_coin"),
    gettext_noop("glad"),
    gettext_noop("mace"),
    gettext_noop("mmsr"),
    gettext_noop("wawa"),
    gettext_noop("zero_based_skill"),
)
# graph/ontologies/ecommerce.yaml
ONTOLOGY = (
    gettext_noop("e-commerce"),
    gettext_noop("A node of the category tree, such as Face cream."),
    gettext_noop("What items are described by, such as Material."),
    gettext_noop("One value of a property, such as Cotton."),
    gettext_noop("A situation in which people need something, such as the first day at a new job."),
    gettext_noop("What troubles people, such as dry skin in winter."),
    gettext_noop("What buyers of a category look for, such as deep hydration."),
    gettext_noop("A group of people, such as students; All users where nobody in particular is meant."),
    gettext_noop("Within a category, because the same material serves other needs in other things."),
)


def reference_words(reference: str) -> str:
    """ "verdict/17" with its kind in the language of the page."""
    kind, slash, number = reference.partition("/")
    return f"{gettext(kind)}{slash}{number}" if kind in ENTITIES else reference
