import tracemalloc

import pytest

from graph.actions.catalogue import CategoryRow, ItemRow, upsert_categories, upsert_items
from graph.actions.setup import ensure_default_ontology
from graph.models import Triple


def items(count):
    for number in range(count):
        values = [("Texture", f"texture {number % 50}"), ("Size", f"{number % 200} ml")]
        yield ItemRow(f"item {number}", f"c{number % 20}", "en", f"Cream number {number}", values)


@pytest.mark.slow
@pytest.mark.django_db
def test_memory_does_not_grow_with_the_catalogue():
    ensure_default_ontology()
    categories = [CategoryRow(f"c{number}", "", {"en": f"Category {number}"}) for number in range(20)]
    upsert_categories(categories, by=None, actor="t", reference="run/1")

    def peak(count):
        tracemalloc.start()
        done = upsert_items(items(count), by=None, actor="t", reference="run/2")
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return done, used

    _small, before = peak(5_000)
    done, after = peak(100_000)

    assert (done.added, done.unchanged, done.problems) == (95_000, 5_000, [])
    assert Triple.objects.filter(relation__name="has_property").count() == 200_000
    assert after < before * 1.5
